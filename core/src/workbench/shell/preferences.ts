import type { Services } from '../services/workbench';
import { THEMES } from '../services/theme';

/** Commands for the look of the window, the session, and help that is not an editor. */
export function registerPreferences(services: Services): void {
  const { commands, keybindings, menus, host, dialogs, notifications } = services;
  commands.register({
    id: 'preferences.theme',
    title: 'Colour Theme…',
    category: 'Preferences',
    run: () => chooseTheme(services),
  });
  // The one that is added last is shown; a browser's tab takes it.
  for (const keys of ['Ctrl+K T', 'Ctrl+K Ctrl+T']) keybindings.add({ keys, command: 'preferences.theme' });
  commands.register({
    id: 'session.logOut',
    title: 'Log Out of All Windows…',
    category: 'File',
    run: async () => {
      const answer = await dialogs.show({
        title: 'Log out of all windows?',
        body: 'Every window of this session is closed off, and its address is void. Jobs that run go on. diskwright start prints a new address.',
        buttons: [{ label: 'Stay' }, { label: 'Log out', kind: 'primary' }],
      });
      if (answer === 1) await host.logOut();
    },
  });
  commands.register({
    id: 'window.reload',
    title: 'Reload Window',
    category: 'View',
    run: () => location.reload(),
  });
  for (const [menu, command, group] of [
    ['manage', 'palette.commands', '1'],
    ['manage', 'preferences.theme', '2'],
    ['manage', 'session.logOut', '9'],
    ['file', 'session.logOut', '9_session'],
    ['view', 'preferences.theme', '8_look'],
  ] as const) {
    menus.add(menu, { command, group });
  }
  keybindings.follow(host, (problems) => {
    if (problems.length === 0) return;
    notifications.warn(
      `keybindings.json has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}; the rest of it is in force.`,
      {
        detail: problems[0]!.message,
        actions: [{ label: 'Open keybindings.json', run: () => commands.run('preferences.keybindingsFile') }],
      },
    );
  });
  host.onDidChangeState((state) => {
    if (state === 'ended') notifications.hideAll();
  });
}

async function chooseTheme({ theme, settings, quickInput }: Services): Promise<void> {
  const chosen = settings.get<string | undefined>('workbench.theme') ?? 'system';
  const items = [{ id: 'system', label: 'As the system' }, ...THEMES]
    .map((each) => ({ ...each, description: each.id === chosen ? 'current' : undefined }))
    .sort((a, b) => Number(b.id === chosen) - Number(a.id === chosen));
  const picked = await quickInput.pick(items, {
    placeholder: 'Choose a colour theme (Up and Down show it)',
    onHighlight: (item) => theme.preview(item?.id ?? null),
  });
  try {
    if (picked) await settings.set('workbench.theme', picked.id);
  } finally {
    theme.preview(null);
  }
}
