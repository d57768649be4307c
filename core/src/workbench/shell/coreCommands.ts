import type { Command } from '../api';
import type { Commands } from '../services/commands';
import type { Editors } from '../services/editors';
import type { Keybindings } from '../services/keybindings';
import type { Menus } from '../services/menus/menus';
import type { NoticeSurfaces } from './noticeSurfaces';
import type { QuickInput } from '../services/prompts/quickInput';
import type { Shell } from './shell';

interface CoreCommand extends Command {
  keys?: string[];
  when?: string;
  /** The menus it stands in, as `view/1_parts`. */
  menu?: string | string[];
}

export interface CommandTargets {
  shell: Shell;
  editors: Editors;
  quickInput: QuickInput;
  notices: NoticeSurfaces;
}

/** Registers the window's own commands with their keys and places in the menus. */
export function registerCoreCommands(
  { commands, keybindings, menus }: { commands: Commands; keybindings: Keybindings; menus: Menus },
  targets: CommandTargets,
): void {
  const all = [...partCommands(targets), ...focusCommands(targets), ...editorCommands(targets), ...promptCommands(targets)];
  all.forEach(({ keys = [], when, menu, ...command }, order) => {
    commands.register(command);
    // The first one is the one that is shown, and the last one added is the strongest.
    for (const key of [...keys].reverse()) keybindings.add({ keys: key, command: command.id, when });
    for (const place of [menu ?? []].flat()) {
      const [name, group] = place.split('/');
      menus.add(name!, { command: command.id, group, order });
    }
  });
}

function partCommands({ shell }: CommandTargets): CoreCommand[] {
  return [
    {
      id: 'view.toggleSideBar',
      title: 'Toggle Side Bar',
      category: 'View',
      keys: ['Ctrl+B'],
      menu: 'view/2_parts',
      checked: () => shell.isVisible('sidebar'),
      run: () => shell.toggle('sidebar'),
    },
    {
      id: 'view.togglePanel',
      title: 'Toggle Panel',
      category: 'View',
      keys: ['Ctrl+J'],
      menu: 'view/2_parts',
      checked: () => shell.isVisible('panel'),
      run: () => shell.toggle('panel'),
    },
    {
      id: 'view.toggleSecondarySideBar',
      title: 'Toggle Secondary Side Bar',
      category: 'View',
      keys: ['Ctrl+Alt+B'],
      menu: 'view/2_parts',
      checked: () => shell.isVisible('secondary'),
      run: () => shell.toggle('secondary'),
    },
  ];
}

function focusCommands({ shell, notices }: CommandTargets): CoreCommand[] {
  return [
    { id: 'view.focusNextPart', title: 'Focus Next Part', category: 'View', keys: ['F6'], run: () => shell.cycleFocus(1) },
    {
      id: 'view.focusPreviousPart',
      title: 'Focus Previous Part',
      category: 'View',
      keys: ['Shift+F6'],
      run: () => shell.cycleFocus(-1),
    },
    { id: 'view.focusMenuBar', title: 'Focus Menu Bar', category: 'View', keys: ['F10'], run: () => shell.focusMenuBar() },
    {
      id: 'view.focusSideBar',
      title: 'Focus Side Bar',
      category: 'View',
      keys: ['Ctrl+0'],
      run: () => shell.focusPart('sidebar'),
    },
    { id: 'view.focusPanel', title: 'Focus Panel', category: 'View', run: () => shell.focusPart('panel') },
    {
      id: 'view.focusSecondarySideBar',
      title: 'Focus Secondary Side Bar',
      category: 'View',
      run: () => shell.focusPart('secondary'),
    },
    { id: 'view.focusStatusBar', title: 'Focus Status Bar', category: 'View', run: () => shell.focusStatusBar() },
    {
      id: 'notifications.toggle',
      title: 'Show Notifications',
      category: 'Notifications',
      keys: ['Ctrl+K Ctrl+Shift+N', 'Ctrl+K N'],
      run: () => notices.toggle(),
    },
    { id: 'notifications.focus', title: 'Focus Notification', category: 'Notifications', run: () => notices.focusToasts() },
    { id: 'notifications.hide', title: 'Hide Notifications', category: 'Notifications', run: () => notices.hide() },
    { id: 'notifications.clear', title: 'Clear All Notifications', category: 'Notifications', run: () => notices.clear() },
  ];
}

function editorCommands({ shell, editors }: CommandTargets): CoreCommand[] {
  const { dock } = shell;
  const group = (): readonly (typeof editors)['active'][] => (editors.active ? dock.groupOf(editors.active) : []);
  const closeAll = async (panes: readonly (typeof editors)['active'][]): Promise<void> => {
    for (const pane of panes) if (pane && !(await editors.close(pane))) return;
  };
  const step = (by: 1 | -1): void => {
    const panes = dock.groups().flat();
    const at = panes.indexOf(editors.active!);
    dock.show(panes[(at + by + panes.length) % panes.length]!, true);
  };
  const focusGroup = (index: number): void => {
    const pane = dock.groups()[index]?.find((each) => each.isVisible);
    if (pane) dock.show(pane, true);
  };
  const enablement = 'activeEditor';
  const split = (where: 'right' | 'down') => () => dock.split(editors.active!, where);
  return [
    {
      id: 'editors.close',
      title: 'Close Editor',
      category: 'View',
      keys: ['Ctrl+W', 'Ctrl+F4', 'Alt+W'],
      menu: ['file/8_close', 'context:editorTab/1_close'],
      enablement,
      run: () => closeAll([editors.active]),
    },
    {
      id: 'editors.closeOthers',
      title: 'Close Other Editors in Group',
      category: 'View',
      menu: 'context:editorTab/1_close',
      enablement,
      run: () => closeAll(group().filter((pane) => pane !== editors.active)),
    },
    {
      id: 'editors.closeAll',
      title: 'Close All Editors',
      category: 'View',
      keys: ['Ctrl+K Ctrl+W', 'Ctrl+K W'],
      menu: 'context:editorTab/1_close',
      enablement,
      run: () => closeAll(editors.all()),
    },
    {
      id: 'editors.next',
      title: 'Next Editor',
      category: 'View',
      keys: ['Ctrl+PageDown', 'Alt+PageDown'],
      menu: 'go/1_editors',
      enablement,
      run: () => step(1),
    },
    {
      id: 'editors.previous',
      title: 'Previous Editor',
      category: 'View',
      keys: ['Ctrl+PageUp', 'Alt+PageUp'],
      menu: 'go/1_editors',
      enablement,
      run: () => step(-1),
    },
    {
      id: 'editors.splitRight',
      title: 'Move Editor into a Split to the Right',
      category: 'View',
      keys: ['Ctrl+\\'],
      menu: ['view/3_split', 'context:editorTab/3_split'],
      enablement,
      run: split('right'),
    },
    {
      id: 'editors.splitDown',
      title: 'Move Editor into a Split Below',
      category: 'View',
      keys: ['Ctrl+K Ctrl+\\'],
      menu: ['view/3_split', 'context:editorTab/3_split'],
      enablement,
      run: split('down'),
    },
    {
      id: 'editors.moveToNextGroup',
      title: 'Move Editor to Next Group',
      category: 'View',
      enablement,
      run: () => dock.moveToGroup(editors.active!, 1),
    },
    {
      id: 'editors.moveToPreviousGroup',
      title: 'Move Editor to Previous Group',
      category: 'View',
      enablement,
      run: () => dock.moveToGroup(editors.active!, -1),
    },
    ...[0, 1, 2].map((index) => ({
      id: `editors.focusGroup${index + 1}`,
      title: `Focus Editor Group ${index + 1}`,
      category: 'View',
      keys: [`Ctrl+${index + 1}`],
      enablement,
      run: () => focusGroup(index),
    })),
    {
      id: 'editors.keep',
      title: 'Keep Editor',
      category: 'View',
      keys: ['Ctrl+K Enter'],
      enablement,
      run: () => editors.keep(editors.active!),
    },
  ];
}

function promptCommands({ quickInput }: CommandTargets): CoreCommand[] {
  return [
    {
      id: 'palette.commands',
      title: 'Show All Commands',
      category: 'View',
      keys: ['Ctrl+Shift+P', 'F1'],
      menu: 'view/1_palette',
      run: () => quickInput.open('>'),
    },
    {
      id: 'palette.open',
      title: 'Quick Open…',
      category: 'Go',
      keys: ['Ctrl+P', 'Ctrl+E'],
      menu: 'go/0_open',
      run: () => quickInput.open(''),
    },
    {
      id: 'palette.editors',
      title: 'Show All Open Editors',
      category: 'View',
      keys: ['Ctrl+K Ctrl+E'],
      menu: ['go/1_editors', 'context:editorTab/9_list'],
      run: () => quickInput.open('edt '),
    },
    { id: 'palette.help', title: 'Show Quick Open Prefixes', category: 'Help', run: () => quickInput.open('?') },
  ];
}
