import { type Message, MessageLoop } from '@lumino/messaging';
import { DockPanel, type TabBar, type Widget } from '@lumino/widgets';
import { html, render } from 'lit';
import type { EditorPane, OpenOptions } from '../api';
import type { Commands } from '../services/commands';
import type { ContextKeys } from '../services/contextKeys';
import type { EditorPlace, Editors } from '../services/editors';
import type { Menus } from '../services/menus/menus';
import { makeHandlesAccessible } from './editorHandles';
import { DockRenderer, type EditorTabBar } from './editorTabs';
import { NoEditors } from './noEditors';
import { titleActions } from './titleActions';

export interface DockServices {
  editors: Editors;
  menus: Menus;
  commands: Commands;
  context: ContextKeys;
}

/** Editors in groups of tabs, side by side and one above the other. */
export class EditorDock implements EditorPlace {
  readonly panel: DockPanel;
  private readonly editors: Editors;
  private readonly nothing: NoEditors;
  private redrawing = false;

  constructor(private readonly services: DockServices) {
    this.editors = services.editors;
    this.nothing = new NoEditors(services.commands);
    this.panel = new DockPanel({
      renderer: new DockRenderer(
        (pane) => this.editors.isPreview(pane),
        (bar) => this.watchTabs(bar),
      ),
      spacing: 1,
    });
    this.panel.addClass('dw-editor-dock');
    this.panel.node.tabIndex = -1;
    this.panel.node.append(this.nothing.element);
    makeHandlesAccessible(this.panel);
    this.editors.setPlace(this);
    this.panel.layoutModified.connect(() => this.update());
    this.panel.node.addEventListener('focusin', ({ target }) => this.onFocus(target as Node));
    this.panel.node.addEventListener('dblclick', ({ target }) => {
      const pane = this.paneOfTab(target as Element);
      if (pane) this.editors.keep(pane);
    });
    this.panel.node.addEventListener('contextmenu', (event) => this.onContextMenu(event), true);
    this.panel.node.addEventListener('keydown', (event) => this.onTabKey(event), true);
    // Whether an editor holds changes shows after the user did something in it.
    for (const type of ['input', 'keyup', 'pointerup']) this.panel.node.addEventListener(type, () => this.update());
    this.editors.onDidChange(() => this.update());
    this.editors.onDidChangeActive(() => this.update());
    services.menus.onDidChange(() => this.update());
    services.context.onDidChange(() => this.drawAllActions());
  }

  add(pane: EditorPane, beside: EditorPane | null, split: OpenOptions['split']): void {
    this.adopt(pane);
    const ref = beside?.isDisposed === false && beside.parent === this.panel ? beside : null;
    const mode = split === 'right' ? 'split-right' : split === 'down' ? 'split-bottom' : 'tab-after';
    this.panel.addWidget(pane, { mode, ref });
  }

  show(pane: EditorPane, focus: boolean): void {
    this.panel.selectWidget(pane);
    this.editors.setActive(pane);
    if (focus) this.focus(pane);
  }

  /** Gives the focus to an editor, to the active one by default. */
  focus(pane = this.editors.active): void {
    if (isUserElsewhere()) return;
    if (!pane) return this.panel.node.querySelector<HTMLElement>('[data-autofocus]')?.focus() ?? this.panel.node.focus();
    pane.activate();
    if (pane.node.contains(document.activeElement)) return;
    pane.node.tabIndex = -1;
    pane.node.focus({ preventScroll: true });
  }

  /** The groups from left to right and top to bottom, each with its editors. */
  groups(): EditorPane[][] {
    return [...this.panel.tabBars()].map((bar) => bar.titles.map((title) => title.owner as EditorPane));
  }

  /** The group that the active editor stands in. */
  groupOf(pane: EditorPane): EditorPane[] {
    return this.groups().find((group) => group.includes(pane)) ?? [];
  }

  /** Moves an editor into a group of its own beside its group. */
  split(pane: EditorPane, where: 'right' | 'down'): void {
    const others = this.groupOf(pane).filter((other) => other !== pane);
    if (others.length === 0) return;
    this.panel.addWidget(pane, { mode: where === 'right' ? 'split-right' : 'split-bottom', ref: others[0]! });
    this.show(pane, true);
  }

  /** Moves an editor into the next or the one before of the groups. */
  moveToGroup(pane: EditorPane, step: 1 | -1): void {
    const groups = this.groups();
    const target = groups[groups.findIndex((group) => group.includes(pane)) + step];
    if (!target) return;
    this.panel.addWidget(pane, { mode: 'tab-after', ref: target.at(-1)! });
    this.show(pane, true);
  }

  /** Makes it one of the dock's: closing it asks first. */
  adopt(pane: EditorPane): void {
    pane.addClass('dw-editor');
    MessageLoop.installMessageHook(pane, (_handler: unknown, message: Message) => {
      // It comes a frame later: by then the user may be typing into the palette, which would close.
      if (message.type === 'activate-request') return !isUserElsewhere();
      if (message.type !== 'close-request') return true;
      void this.editors.close(pane);
      return false;
    });
    pane.title.changed.connect(() => this.update());
  }

  /** Draws tabs and their buttons anew, once for all that changed in this turn. */
  update(): void {
    if (this.redrawing) return;
    this.redrawing = true;
    queueMicrotask(() => {
      this.redrawing = false;
      for (const bar of this.panel.tabBars()) bar.update();
      this.drawAllActions();
      this.panel.node.classList.toggle('dw-empty', this.panel.isEmpty);
      this.nothing.element.hidden = !this.panel.isEmpty;
    });
  }

  private watchTabs(bar: EditorTabBar): void {
    bar.currentChanged.connect((_bar, { currentTitle }) => {
      const pane = currentTitle?.owner as EditorPane | undefined;
      // The user's choice, not what a removed tab leaves behind.
      if (pane && bar.node.contains(document.activeElement)) this.editors.setActive(pane);
      requestAnimationFrame(() => bar.revealCurrent());
    });
    bar.tabMoved.connect((_bar, { title }) => this.editors.keep(title.owner as EditorPane));
    bar.tabActivateRequested.connect((_bar, { title }) => this.editors.setActive(title.owner as EditorPane));
    queueMicrotask(() => this.drawActions(bar));
  }

  private drawAllActions(): void {
    for (const bar of this.panel.tabBars()) this.drawActions(bar as EditorTabBar);
  }

  private drawActions(bar: EditorTabBar): void {
    const pane = bar.currentTitle?.owner as EditorPane | undefined;
    if (!pane || bar.isDisposed) return;
    const isActive = pane === this.editors.active;
    bar.toggleClass('dw-active-group', isActive);
    const more = (event: Event): void => {
      const { left, bottom } = (event.currentTarget as HTMLElement).getBoundingClientRect();
      this.showGroupMenu(pane, { x: left, y: bottom });
    };
    render(
      html`${isActive ? titleActions(`title:${pane.input.type}`, this.services) : null}
        <button
          type="button"
          class="dw-icon-button"
          title="More actions"
          aria-label="More editor actions"
          aria-haspopup="menu"
          @click=${more}
        >
          <i class="codicon codicon-ellipsis" aria-hidden="true"></i>
        </button>`,
      bar.actions,
    );
  }

  private showGroupMenu(pane: EditorPane, at: { x: number; y: number }): void {
    this.editors.setActive(pane);
    this.services.menus.showContext('context:editorTab', at, undefined, { editorGroupSize: this.groupOf(pane).length });
  }

  private onFocus(target: Node): void {
    const pane = this.editors.all().find(({ node }) => node.contains(target));
    if (pane) this.editors.setActive(pane);
  }

  private onContextMenu(event: MouseEvent): void {
    const pane = this.paneOfTab(event.target as Element);
    if (!pane) return;
    event.preventDefault();
    event.stopPropagation();
    this.panel.selectWidget(pane);
    const tab = (event.target as Element).closest('.lm-TabBar-tab')!.getBoundingClientRect();
    const byKey = event.button !== 2;
    this.showGroupMenu(pane, byKey ? { x: tab.left, y: tab.bottom } : { x: event.clientX, y: event.clientY });
  }

  private onTabKey(event: KeyboardEvent): void {
    const pane = this.paneOfTab(event.target as Element);
    if (!pane) return;
    if (event.key === 'Delete') void this.editors.close(pane);
    else if (event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey)) {
      const { left, bottom } = (event.target as Element).getBoundingClientRect();
      this.showGroupMenu(pane, { x: left, y: bottom });
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  private paneOfTab(target: Element): EditorPane | null {
    const tab = target.closest('.lm-TabBar-tab');
    if (!tab) return null;
    for (const bar of this.panel.tabBars() as Iterable<TabBar<Widget>>) {
      const index = [...bar.contentNode.children].indexOf(tab);
      if (index !== -1) return (bar.titles[index]?.owner as EditorPane | undefined) ?? null;
    }
    return null;
  }
}

/** Whether something over the window has the focus: the quick box, a dialog, a menu. It gives the focus back by itself. */
const isUserElsewhere = (): boolean =>
  (document.activeElement?.closest('.dw-quick-input, dialog[open], .lm-Menu') ?? null) !== null;
