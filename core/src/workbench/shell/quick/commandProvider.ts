import type { QuickItem, QuickProvider, StateService } from '../../api';
import type { Commands } from '../../services/commands';
import type { Keybindings } from '../../services/keybindings';

const STATE_KEY = 'recent-commands';
const REMEMBERED = 50;
/** How many of the last used are listed above the others. */
const LISTED_FIRST = 8;

/** The commands that were run from the palette, the last one first; kept for the next session. */
class RecentCommands {
  private ids: readonly string[] = [];

  constructor(private readonly state: StateService) {
    void state.read<string[]>(STATE_KEY).then(
      (ids) => (this.ids = [...this.ids, ...(ids ?? [])]),
      () => undefined,
    );
  }

  get list(): readonly string[] {
    return this.ids;
  }

  add(id: string): void {
    this.ids = [id, ...this.ids.filter((other) => other !== id)].slice(0, REMEMBERED);
    this.state.write(STATE_KEY, this.ids);
  }
}

/** The command palette: what can be run here and now, the last used first. */
export function commandProvider(commands: Commands, keybindings: Keybindings, state: StateService): QuickProvider {
  const recent = new RecentCommands(state);
  const itemOf = (id: string, group: string): QuickItem | null => {
    const command = commands.get(id);
    if (!command || command.hidden || !commands.isEnabled(id)) return null;
    return {
      label: command.category ? `${command.category}: ${command.title}` : command.title,
      keys: keybindings.keysOf(id) ?? undefined,
      group,
      run: () => {
        recent.add(id);
        return commands.run(id);
      },
    };
  };
  return {
    prefix: '>',
    placeholder: 'Type the name of a command',
    // Commands come and go with their plugins.
    onDidChange: commands.onDidChange,
    provide: (query) => {
      const first = recent.list.filter((id) => itemOf(id, '') !== null).slice(0, LISTED_FIRST);
      const others = commands
        .all()
        .map(({ id }) => id)
        .filter((id) => !first.includes(id));
      // With a query the best match goes first, whatever it belongs to.
      const group = (name: string): string => (query === '' && first.length > 0 ? name : '');
      const items = [
        ...first.map((id) => itemOf(id, group('recently used'))),
        ...others.map((id) => itemOf(id, group('other commands'))),
      ];
      const shown = items
        .filter((item) => item !== null)
        .map((item) => (item.group === '' ? { ...item, group: undefined } : item));
      const sorted = shown.slice(first.length).sort((a, b) => a.label.localeCompare(b.label));
      return [...shown.slice(0, first.length), ...sorted];
    },
  };
}
