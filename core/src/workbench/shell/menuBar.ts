import { MenuBar } from '@lumino/widgets';
import { MessageLoop } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';
import type { Menus } from '../services/menus';

const MENUS: readonly [menu: string, title: string][] = [
  ['file', 'File'],
  ['edit', 'Edit'],
  ['view', 'View'],
  ['go', 'Go'],
  ['disk', 'Disk'],
  ['tools', 'Tools'],
  ['help', 'Help'],
];

/** The menu bar with the menus that have entries. */
export class WorkbenchMenuBar {
  readonly element = document.createElement('header');
  private readonly bar = new MenuBar({ overflowMenuOptions: { isVisible: false } });
  private shown = '';

  constructor(private readonly menus: Menus) {
    this.element.className = 'dw-menu-bar';
    this.element.setAttribute('aria-label', 'Menu bar');
    this.bar.contentNode.setAttribute('aria-label', 'Application menu');
    menus.onDidChange(() => this.update());
  }

  attach(): void {
    Widget.attach(this.bar, this.element);
    this.update();
  }

  focus(): void {
    if (this.bar.activeIndex === -1) this.bar.activeIndex = 0;
    this.bar.node.querySelector<HTMLElement>('.lm-MenuBar-item')?.focus();
  }

  private update(): void {
    const filled = MENUS.filter(([menu]) => this.menus.groupsOf(menu).length > 0);
    const key = filled.map(([menu]) => menu).join();
    if (!this.bar.isAttached || key === this.shown) return;
    this.shown = key;
    this.bar.clearMenus();
    for (const [menu, title] of filled) {
      const created = this.menus.createMenu(() => this.menus.groupsOf(menu));
      created.title.label = title;
      this.bar.addMenu(created);
    }
    MessageLoop.flush();
  }
}
