import type { Message } from '@lumino/messaging';
import { TabBar, DockPanel, type Title, type Widget } from '@lumino/widgets';
import { h, type VirtualElement } from '@lumino/virtualdom';
import type { EditorPane } from '../api';

/** Draws the tabs of editors: the preview in italics, a dot where changes are not saved. */
class TabRenderer extends TabBar.Renderer {
  constructor(private readonly isPreview: (pane: EditorPane) => boolean) {
    super();
  }

  override createTabClass(data: TabBar.IRenderData<Widget>): string {
    const pane = data.title.owner as EditorPane;
    const unsaved = (pane.unsaved?.() ?? null) !== null;
    return `${super.createTabClass(data)}${this.isPreview(pane) ? ' dw-preview' : ''}${unsaved ? ' dw-unsaved' : ''}`;
  }

  override createTabARIA(data: TabBar.IRenderData<Widget>): ReturnType<TabBar.Renderer['createTabARIA']> {
    const pane = data.title.owner as EditorPane;
    const unsaved = (pane.unsaved?.() ?? null) !== null;
    return { ...super.createTabARIA(data), 'aria-label': unsaved ? `${data.title.label}, unsaved changes` : data.title.label };
  }

  // Not for the keyboard: a tab holds no other control. Delete and the close command do the same.
  override renderCloseIcon(_data: TabBar.IRenderData<Widget>): VirtualElement {
    return h.div({ className: 'lm-TabBar-tabCloseIcon', title: 'Close' }, h.i({ className: 'codicon codicon-close' }));
  }
}

/** The tabs of a group of editors, with room for buttons at their right. */
export class EditorTabBar extends TabBar<Widget> {
  /** For what belongs to the group's current editor. */
  readonly actions = document.createElement('div');
  /** What stood in the tabs when they were drawn last. */
  private names = '';
  private readonly width = new ResizeObserver(() => this.revealCurrent());

  constructor(options: TabBar.IOptions<Widget>) {
    super(options);
    this.addClass('lm-DockPanel-tabBar');
    this.addClass('dw-editor-tabs');
    this.actions.className = 'dw-editor-actions';
    this.node.append(this.actions);
    this.contentNode.setAttribute('aria-label', 'Editors');
    // A wheel that goes up and down moves the tabs sideways: there is nothing else to scroll.
    this.contentNode.addEventListener('wheel', (event) => (this.contentNode.scrollLeft += event.deltaY + event.deltaX), {
      passive: true,
    });
    this.width.observe(this.node);
  }

  override dispose(): void {
    this.width.disconnect();
    super.dispose();
  }

  protected override onUpdateRequest(message: Message): void {
    super.onUpdateRequest(message);
    // A name that came later may be longer than the one that made room for it; otherwise tabs stay where the user scrolled them.
    const names = this.titles.map(({ label }) => label).join('\n');
    if (names === this.names) return;
    this.names = names;
    this.revealCurrent();
  }

  /** Brings the current tab into sight when there are more than fit. */
  revealCurrent(): void {
    this.contentNode.children[this.currentIndex]?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }

  tabOf(title: Title<Widget>): Element | undefined {
    return this.contentNode.children[this.titles.indexOf(title)];
  }
}

/** Makes the tab bars of the dock. */
export class DockRenderer extends DockPanel.Renderer {
  private readonly tabs: TabRenderer;

  constructor(
    isPreview: (pane: EditorPane) => boolean,
    private readonly onCreate: (bar: EditorTabBar) => void,
  ) {
    super();
    this.tabs = new TabRenderer(isPreview);
  }

  override createHandle(): HTMLDivElement {
    const handle = super.createHandle();
    handle.tabIndex = 0;
    handle.setAttribute('role', 'separator');
    handle.setAttribute('aria-label', 'Resize editors');
    handle.setAttribute('aria-valuenow', '50');
    return handle;
  }

  override createTabBar(document?: Document | ShadowRoot): EditorTabBar {
    const bar = new EditorTabBar({ document, renderer: this.tabs, tabsMovable: true });
    this.onCreate(bar);
    return bar;
  }
}
