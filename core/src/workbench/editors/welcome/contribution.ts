import type { Services } from '../../services/workbench';
import { ElementPane } from '../../widgets/elementPane';
import { showAbout, showAccessibilityHelp } from './help';
import { Licences } from './licences';
import { Welcome } from './welcome';

/** The welcome page and the help menu. */
export function registerWelcome(services: Services): void {
  const { commands, menus, keybindings, editors, recentDevices } = services;
  editors.register({
    type: 'welcome',
    create: (input) => new ElementPane(input, new Welcome(services, recentDevices), { label: 'Welcome', icon: 'home' }),
  });
  editors.register({
    type: 'licences',
    create: (input) => new ElementPane(input, new Licences(), { label: 'Licences', icon: 'law' }),
  });
  const open = (): Promise<unknown> => editors.open({ type: 'welcome', key: '' });
  commands.register({ id: 'help.welcome', title: 'Welcome', category: 'Help', run: open });
  commands.register({
    id: 'help.accessibility',
    title: 'Accessibility Help',
    category: 'Help',
    run: () => showAccessibilityHelp(services),
  });
  commands.register({ id: 'help.about', title: 'About Diskwright', category: 'Help', run: () => showAbout(services) });
  commands.register({
    id: 'help.licences',
    title: 'Licences',
    category: 'Help',
    run: () => editors.open({ type: 'licences', key: '' }),
  });
  keybindings.add({ keys: 'Alt+F1', command: 'help.accessibility' });
  menus.add('help', { command: 'help.welcome', group: '1', order: 1 });
  menus.add('help', { command: 'palette.commands', group: '1', order: 2 });
  menus.add('help', { command: 'preferences.keybindings', title: 'Keyboard Shortcuts', group: '2', order: 1 });
  menus.add('help', { command: 'help.accessibility', group: '2', order: 2 });
  menus.add('help', { command: 'help.licences', group: '9', order: 1 });
  menus.add('help', { command: 'help.about', group: '9', order: 2 });
}
