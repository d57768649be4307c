import { MessageLoop } from '@lumino/messaging';
import { MenuBar, Widget } from '@lumino/widgets';
import type { Menus } from '../services/menus/menus';

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
  private altAlone = false;

  /** @param returnFocus what has the focus again when the bar is left */
  constructor(
    private readonly menus: Menus,
    private readonly returnFocus: () => HTMLElement | null,
  ) {
    this.element.className = 'dw-menu-bar';
    this.bar.contentNode.setAttribute('aria-label', 'Menu bar');
    this.bar.node.addEventListener('keydown', (event) => this.onKeyDown(event), true);
    menus.onDidChange(() => this.fill());
    this.watchAlt();
  }

  attach(): void {
    Widget.attach(this.bar, this.element);
    this.fill();
  }

  focus(): void {
    this.bar.node.querySelector<HTMLElement>('.lm-MenuBar-item')?.focus();
    this.bar.activeIndex = 0;
  }

  private fill(): void {
    if (!this.bar.isAttached) return;
    const filled = MENUS.filter(([menu]) => this.menus.groupsOf(menu).length > 0).map(([, title]) => title);
    if (filled.join() === this.bar.menus.map(({ title }) => title.label).join()) return;
    this.bar.clearMenus();
    for (const [menu, title] of MENUS) {
      if (!filled.includes(title)) continue;
      const created = this.menus.create(() => this.menus.groupsOf(menu));
      created.title.label = title;
      this.bar.addMenu(created);
    }
    MessageLoop.flush();
  }

  private onKeyDown(event: KeyboardEvent): void {
    const leaves = event.key === 'Escape' || event.key === 'F10';
    if (!leaves || document.querySelector('.lm-Menu')) return;
    event.preventDefault();
    event.stopPropagation();
    this.bar.activeIndex = -1;
    this.returnFocus()?.focus({ preventScroll: true });
  }

  /** Alt that is pressed and let go without another key is for the menu bar, as everywhere on Windows and Linux. */
  private watchAlt(): void {
    const forget = (): void => void (this.altAlone = false);
    addEventListener(
      'keydown',
      (event) => void (this.altAlone = event.key === 'Alt' && !event.ctrlKey && !event.shiftKey && !event.metaKey),
      true,
    );
    addEventListener('pointerdown', forget, true);
    addEventListener('blur', forget);
    addEventListener('keyup', (event) => {
      if (event.key !== 'Alt' || !this.altAlone || document.querySelector('dialog[open]')) return;
      this.altAlone = false;
      event.preventDefault();
      this.focus();
    });
  }
}
