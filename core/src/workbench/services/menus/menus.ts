import {
  type CommandService,
  type ContextValue,
  type Disposable,
  Emitter,
  type KeybindingService,
  type MenuEntry,
  type MenuService,
} from '../../api';
import type { ContextKeys } from '../contextKeys';
import { FilledMenu, type ShownEntry } from './filledMenu';

/** Menus by name; each is put together anew whenever it is shown. */
export class Menus implements MenuService {
  private readonly entries = new Map<string, MenuEntry[]>();
  private readonly changed = new Emitter<void>();
  readonly onDidChange = this.changed.event;

  constructor(
    private readonly commands: CommandService,
    private readonly context: ContextKeys,
    private readonly keybindings: KeybindingService,
  ) {}

  add(menu: string, entry: MenuEntry): Disposable {
    this.context.matches(entry.when);
    const entries = this.entries.get(menu) ?? [];
    this.entries.set(menu, entries);
    entries.push(entry);
    this.changed.fire();
    return {
      dispose: () => {
        const index = entries.indexOf(entry);
        if (index === -1) return;
        entries.splice(index, 1);
        this.changed.fire();
      },
    };
  }

  /** What a menu shows now, by groups. */
  groupsOf(menu: string, keys: Record<string, ContextValue> = {}): ShownEntry[][] {
    const groups = new Map<string, MenuEntry[]>();
    for (const entry of this.entries.get(menu) ?? []) {
      if (!this.commands.get(entry.command) || !this.context.matches(entry.when, keys)) continue;
      const group = entry.group ?? '';
      groups.set(group, [...(groups.get(group) ?? []), entry]);
    }
    return [...groups]
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([, entries]) => entries.sort((a, b) => (a.order ?? 0) - (b.order ?? 0)).map((entry) => this.shownEntry(entry, keys)));
  }

  showContext(menu: string, at: { x: number; y: number }, args?: unknown, keys: Record<string, ContextValue> = {}): void {
    const groups = this.groupsOf(menu, keys);
    if (groups.length === 0) return;
    const opened = this.create(
      () => groups,
      ({ entry }) => void this.commands.run(entry.command, entry.args ?? args),
    );
    // Its item may still be about to run.
    opened.aboutToClose.connect(() => void setTimeout(() => opened.dispose()));
    opened.open(at.x, at.y);
    opened.activeIndex = -1;
    opened.activateNextItem();
  }

  /** A menu of the menu bar. */
  create(
    groups: () => ShownEntry[][],
    run = ({ entry }: ShownEntry): void => void this.commands.run(entry.command, entry.args),
  ): FilledMenu {
    return new FilledMenu({ groups, run, focused: () => this.context.focused });
  }

  private shownEntry(entry: MenuEntry, keys: Record<string, ContextValue>): ShownEntry {
    const command = this.commands.get(entry.command)!;
    return {
      entry,
      title: entry.title ?? command.title,
      icon: command.icon,
      enabled: this.context.matches(command.enablement, keys),
      checked: command.checked ? command.checked() : null,
      keys: this.keybindings.keysOf(entry.command),
    };
  }
}
