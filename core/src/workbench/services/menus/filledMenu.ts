import { CommandRegistry } from '@lumino/commands';
import { Menu } from '@lumino/widgets';
import type { MenuEntry } from '../../api';

/** An entry that can be shown now. */
export interface ShownEntry {
  entry: MenuEntry;
  title: string;
  icon: string | undefined;
  enabled: boolean;
  /** Null where there is nothing to be checked. */
  checked: boolean | null;
  keys: string | null;
}

export interface FilledMenuOptions {
  /** Asked for whenever the menu opens. */
  groups(): ShownEntry[][];
  run(entry: ShownEntry): void;
  /** What had the focus before, when the menu was opened from what is no part of the window. */
  focused(): HTMLElement | null;
}

const RUN = 'run';

/** A menu that is filled whenever it opens, and gives the focus back when it closes. */
export class FilledMenu extends Menu {
  private shown: ShownEntry[] = [];
  private returnTo: HTMLElement | null = null;

  constructor(private readonly source: FilledMenuOptions) {
    const shownAt = (index: unknown): ShownEntry | undefined => this.shown[Number(index)];
    super({ commands: registryOf(shownAt, source.run), renderer: new MenuRenderer(shownAt) });
    this.addClass('dw-menu');
    this.aboutToClose.connect(() => this.giveFocusBack());
    // Lumino takes a menu without items for one that cannot be opened.
    this.fill();
  }

  override open(x: number, y: number, options?: Menu.IOpenOptions): void {
    const { activeElement } = document;
    const own = activeElement instanceof HTMLElement && activeElement !== document.body;
    this.returnTo = own && !activeElement.closest('.lm-MenuBar, .lm-Menu') ? activeElement : null;
    this.fill();
    super.open(x, y, options);
  }

  private fill(): void {
    this.clearItems();
    this.shown = [];
    this.source.groups().forEach((group, index) => {
      if (index > 0) this.addItem({ type: 'separator' });
      for (const entry of group) {
        this.addItem({ command: RUN, args: { index: this.shown.length } });
        this.shown.push(entry);
      }
    });
  }

  private giveFocusBack(): void {
    const { activeElement } = document;
    if (!this.node.contains(activeElement)) return;
    (this.returnTo ?? this.source.focused())?.focus({ preventScroll: true });
  }
}

/** Lumino's menus run their items by a registry of commands; ours has one, whose argument is the entry's index. */
function registryOf(shownAt: (index: unknown) => ShownEntry | undefined, run: (entry: ShownEntry) => void): CommandRegistry {
  const registry = new CommandRegistry();
  registry.addCommand(RUN, {
    label: ({ index }) => shownAt(index)?.title ?? '',
    iconClass: ({ index }) => {
      const icon = shownAt(index)?.icon;
      return icon ? `codicon codicon-${icon}` : '';
    },
    isEnabled: ({ index }) => shownAt(index)?.enabled ?? false,
    isToggled: ({ index }) => shownAt(index)?.checked === true,
    isToggleable: true,
    execute: ({ index }) => {
      const entry = shownAt(index);
      if (entry) run(entry);
    },
  });
  return registry;
}

class MenuRenderer extends Menu.Renderer {
  constructor(private readonly shownAt: (index: unknown) => ShownEntry | undefined) {
    super();
  }

  override formatShortcut({ item }: Menu.IRenderData): string | null {
    return this.shownAt(item.args?.index)?.keys ?? null;
  }

  override createItemARIA(data: Menu.IRenderData): ReturnType<Menu.Renderer['createItemARIA']> {
    const shown = this.shownAt(data.item.args?.index);
    if (!shown || shown.checked === null)
      return { ...super.createItemARIA(data), role: data.item.type === 'separator' ? 'separator' : 'menuitem' };
    return { ...super.createItemARIA(data), role: 'menuitemcheckbox', 'aria-checked': shown.checked ? 'true' : 'false' };
  }
}
