import { CommandRegistry } from '@lumino/commands';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import { Menu } from '@lumino/widgets';
import {
  type CommandService,
  type ContextValue,
  type Disposable,
  Emitter,
  type KeybindingService,
  type MenuEntry,
  type MenuService,
} from '../api';
import type { ContextKeys } from './contextKeys';

/** An entry that can be shown now. */
export interface ShownEntry {
  entry: MenuEntry;
  title: string;
  icon: string | undefined;
  enabled: boolean;
  checked: boolean | null;
  keys: string | null;
}

const RUN = 'run';

/** Menus by name; each is put together anew whenever it is shown. */
export class Menus implements MenuService {
  private readonly entries = new Map<string, MenuEntry[]>();
  private readonly changed = new Emitter<void>();
  readonly onDidChange = this.changed.event;
  /** Lumino's menus run their items by a registry of their own; ours has one command, whose argument is the entry's index. */
  private readonly registry = new CommandRegistry();
  private shown: ShownEntry[] = [];
  private run: (entry: ShownEntry) => void = () => undefined;

  constructor(
    private readonly commands: CommandService,
    private readonly context: ContextKeys,
    private readonly keybindings: KeybindingService,
  ) {
    const of = (args: ReadonlyPartialJSONObject): ShownEntry | undefined => this.shown[Number(args.index)];
    this.registry.addCommand(RUN, {
      label: (args) => of(args)?.title ?? '',
      iconClass: (args) => (of(args)?.icon ? `codicon codicon-${of(args)!.icon}` : ''),
      isEnabled: (args) => of(args)?.enabled ?? false,
      isToggleable: true,
      isToggled: (args) => of(args)?.checked === true,
      execute: (args) => {
        const entry = of(args);
        if (entry) this.run(entry);
      },
    });
  }

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
      groups.set(entry.group ?? '', [...(groups.get(entry.group ?? '') ?? []), entry]);
    }
    return [...groups]
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([, entries]) => entries.sort((a, b) => (a.order ?? 0) - (b.order ?? 0)).map((entry) => this.shownEntry(entry, keys)));
  }

  showContext(menu: string, at: { x: number; y: number }, args?: unknown, keys: Record<string, ContextValue> = {}): void {
    this.showEntries(this.groupsOf(menu, keys), at, ({ entry }) => void this.commands.run(entry.command, entry.args ?? args));
  }

  /** Opens a menu of entries that are put together on the spot. */
  showEntries(groups: ShownEntry[][], at: { x: number; y: number }, run: (entry: ShownEntry) => void): void {
    if (groups.length === 0) return;
    const menu = this.createMenu(() => groups, run);
    menu.aboutToClose.connect(() => {
      // Its item may still be about to run.
      setTimeout(() => menu.dispose());
    });
    menu.open(at.x, at.y);
    menu.activeIndex = 0;
  }

  /** A menu that is filled whenever it opens, and gives the focus back when it closes. */
  createMenu(groups: () => ShownEntry[][], run?: (entry: ShownEntry) => void): Menu {
    return new FilledMenu(
      { commands: this.registry, renderer: new MenuRenderer((index) => this.shown[index]?.keys ?? null) },
      (menu) => {
        this.run = run ?? (({ entry }) => void this.commands.run(entry.command, entry.args));
        this.shown = [];
        groups().forEach((group, index) => {
          if (index > 0) menu.addItem({ type: 'separator' });
          for (const entry of group) {
            menu.addItem({ command: RUN, args: { index: this.shown.length } });
            this.shown.push(entry);
          }
        });
      },
      () => this.context.focused,
    );
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

class FilledMenu extends Menu {
  private returnTo: HTMLElement | null = null;

  constructor(
    options: Menu.IOptions,
    private readonly fill: (menu: Menu) => void,
    focused: () => HTMLElement | null,
  ) {
    super(options);
    this.addClass('dw-menu');
    this.aboutToClose.connect(() => {
      if (this.node.contains(document.activeElement)) (this.returnTo ?? focused())?.focus({ preventScroll: true });
    });
  }

  override open(x: number, y: number, options?: Menu.IOpenOptions): void {
    const active = document.activeElement;
    this.returnTo =
      active instanceof HTMLElement && active !== document.body && !active.closest('.lm-MenuBar, .lm-Menu') ? active : null;
    this.clearItems();
    this.fill(this);
    super.open(x, y, options);
  }
}

class MenuRenderer extends Menu.Renderer {
  constructor(private readonly keysOf: (index: number) => string | null) {
    super();
  }

  override formatShortcut(data: Menu.IRenderData): string | null {
    return this.keysOf(Number(data.item.args?.index));
  }
}
