import type { Services } from '../../services/workbench';
import { ElementPane } from '../../widgets/elementPane';
import { DocumentPane } from './json/documentPane';
import { KeybindingsEditor } from './keybindings/keybindingsEditor';
import { SettingsEditor } from './form/settingsEditor';

/** Settings and keys: as forms, and as the files that they are kept in. */
export function registerSettings(services: Services): void {
  const { editors, commands, keybindings, menus } = services;
  editors.register({ type: 'document', create: (input) => new DocumentPane(input, services) });
  editors.register({
    type: 'settings',
    create: (input, state) =>
      new ElementPane(input, new SettingsEditor(services, state), { label: 'Settings', icon: 'settings-gear' }),
  });
  editors.register({
    type: 'keybindings',
    create: (input) => new ElementPane(input, new KeybindingsEditor(services), { label: 'Keyboard Shortcuts', icon: 'keyboard' }),
  });
  const opening = (type: string, key: string) => () => editors.open({ type, key });
  const all = [
    { id: 'preferences.settings', title: 'Open Settings', keys: 'Ctrl+,', icon: 'settings-gear', run: opening('settings', '') },
    { id: 'preferences.settingsFile', title: 'Open Settings (JSON)', icon: 'json', run: opening('document', 'settings') },
    {
      id: 'preferences.keybindings',
      title: 'Open Keyboard Shortcuts',
      keys: 'Ctrl+K Ctrl+S',
      icon: 'keyboard',
      run: opening('keybindings', ''),
    },
    {
      id: 'preferences.keybindingsFile',
      title: 'Open Keyboard Shortcuts (JSON)',
      icon: 'json',
      run: opening('document', 'keybindings'),
    },
  ];
  for (const { keys, ...command } of all) {
    commands.register({ ...command, category: 'Preferences' });
    if (keys) keybindings.add({ keys, command: command.id });
  }
  commands.register({
    id: 'document.save',
    title: 'Save',
    category: 'File',
    icon: 'save',
    enablement: 'activeEditor == document',
    run: () => (editors.active as DocumentPane).save(),
  });
  keybindings.add({ keys: 'Ctrl+S', command: 'document.save' });
  menus.add('file', { command: 'document.save', group: '4_save', when: 'activeEditor == document' });
  menus.add('title:document', { command: 'document.save' });
  menus.add('title:settings', { command: 'preferences.settingsFile' });
  menus.add('title:keybindings', { command: 'preferences.keybindingsFile' });
  for (const menu of ['manage', 'file']) {
    menus.add(menu, { command: 'preferences.settings', group: '2', order: 1 });
    menus.add(menu, { command: 'preferences.keybindings', group: '2', order: 2 });
  }
}
