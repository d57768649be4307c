import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import './rows.css';
import { isCancellation, showError } from './errorText';
import { type TreeNode, type TreeRow, treeRows } from './treeRows';
import { TypeAhead } from './typeAhead';
import { type MenuPlace, ROW_HEIGHT, VirtualRows } from './virtualRows';

const INDENT_PIXELS = 12;

/** Of `dw-context`. */
export interface TreeContext {
  node: TreeNode;
  at: MenuPlace;
}

/**
 * `<dw-tree>`: a tree of any size with the keys of the ARIA tree pattern and type-ahead.
 *
 * Events, with the node as `detail`: `dw-select` (another node is selected), `dw-activate` (Enter, or a click), `dw-toggle` (opened or closed), and
 * `dw-context` (the context menu is asked for; `detail` is a {@link TreeContext}).
 */
@customElement('dw-tree')
export class Tree extends VirtualRows {
  @property({ attribute: false }) nodes: readonly TreeNode[] = [];
  /** Answers the children of a `lazy` node when it is first opened; asked anew after {@link forget}. */
  @property({ attribute: false }) load: ((node: TreeNode) => Promise<readonly TreeNode[]>) | null = null;
  @state() private open = new Set<string>();
  @state() private loaded = new Map<string, readonly TreeNode[]>();
  private readonly loading = new Set<string>();
  private rows: TreeRow[] = [];
  private selectedId: string | null = null;
  private readonly typeAhead = new TypeAhead();

  /** The ids of the nodes that are open. */
  get expanded(): readonly string[] {
    return [...this.open];
  }

  set expanded(ids: readonly string[]) {
    this.open = new Set(ids);
  }

  get selected(): TreeNode | null {
    return this.rows[this.activeRow]?.node ?? null;
  }

  /** Selects a node that is in sight of its open parents; without an event. */
  select(id: string | null): void {
    this.selectedId = id;
    this.requestUpdate();
    void this.updateComplete.then(() => this.revealRow(this.activeRow));
  }

  /** Loaded children are asked for anew: those of one node, or all. */
  forget(id?: string): void {
    if (id === undefined) this.loaded.clear();
    else this.loaded.delete(id);
    this.requestUpdate();
  }

  protected override get rowCount(): number {
    return this.rows.length;
  }

  protected override onActiveChanged(): void {
    this.selectedId = this.selected?.id ?? null;
    if (this.selected) this.tell('dw-select', this.selected);
  }

  protected override willUpdate(_changed: PropertyValues): void {
    this.rows = treeRows(this.nodes, this.open, (node) => this.childrenOf(node));
    this.activeRow = this.selectedId === null ? -1 : this.rows.findIndex(({ node }) => node.id === this.selectedId);
  }

  protected override updated(): void {
    super.updated();
    for (const { node, expanded } of this.rows) if (expanded && !this.childrenOf(node)) void this.fetch(node);
  }

  protected override render(): TemplateResult {
    const { first, end } = this.drawn;
    const active = this.activeRow >= first && this.activeRow < end;
    return html`<div
      class="dw-rows"
      role="tree"
      tabindex="0"
      aria-label=${this.label}
      aria-activedescendant=${active ? this.rowId(this.activeRow) : nothing}
      @scroll=${this.onScroll}
      @keydown=${this.onKeyDown}
      @focus=${this.onFocus}
    >
      <div class="dw-rows-space" role="none" style="height:${this.rows.length * ROW_HEIGHT}px">
        ${this.rows.slice(first, end).map((row, index) => this.row(row, first + index))}
      </div>
    </div>`;
  }

  private row({ node, level, expanded, position, siblings }: TreeRow, index: number): TemplateResult {
    const twistie = expanded === null ? '' : expanded ? 'chevron-down' : 'chevron-right';
    return html`<div
      id=${this.rowId(index)}
      class="dw-row dw-tree-row"
      role="treeitem"
      style="top:${index * ROW_HEIGHT}px;padding-left:${4 + (level - 1) * INDENT_PIXELS}px"
      aria-level=${level}
      aria-posinset=${position}
      aria-setsize=${siblings}
      aria-expanded=${expanded ?? nothing}
      aria-selected=${index === this.activeRow}
      aria-label=${node.name ?? [node.label, node.description].filter(Boolean).join(', ')}
      title=${node.tooltip ?? nothing}
      data-id=${node.id}
      @click=${(event: MouseEvent) => this.onClick(event, index)}
      @dblclick=${() => this.toggle(index)}
      @contextmenu=${(event: MouseEvent) => this.onContextMenu(event, index)}
    >
      <span class="dw-tree-twistie"
        >${twistie ? html`<i class="codicon codicon-${twistie}" aria-hidden="true"></i>` : nothing}</span
      >
      ${node.icon ? html`<i class="codicon codicon-${node.icon}" aria-hidden="true"></i>` : nothing}
      <span class="dw-tree-label">${node.label}</span>
      ${node.description ? html`<span class="dw-tree-description">${node.description}</span>` : nothing}
    </div>`;
  }

  private childrenOf(node: TreeNode): readonly TreeNode[] | undefined {
    return node.children ?? this.loaded.get(node.id);
  }

  private async fetch(node: TreeNode): Promise<void> {
    if (!this.load || this.loading.has(node.id)) return;
    this.loading.add(node.id);
    try {
      this.loaded.set(node.id, await this.load(node));
    } catch (error) {
      const label = isCancellation(error) ? 'Cancelled' : showError(error).message;
      this.loaded.set(node.id, [{ id: `${node.id} error`, label, icon: 'error', tooltip: 'Close and open it to try again' }]);
    } finally {
      this.loading.delete(node.id);
      this.requestUpdate();
    }
  }

  private toggle(index: number, open?: boolean): void {
    const row = this.rows[index];
    if (!row || row.expanded === null || row.expanded === open) return;
    const next = new Set(this.open);
    if (row.expanded) {
      next.delete(row.node.id);
      const failed = this.loaded.get(row.node.id)?.[0]?.id === `${row.node.id} error`;
      if (failed) this.loaded.delete(row.node.id);
    } else next.add(row.node.id);
    this.open = next;
    this.tell('dw-toggle', row.node);
  }

  private onClick(event: MouseEvent, index: number): void {
    this.activate(index);
    if ((event.target as Element).closest('.dw-tree-twistie')) this.toggle(index);
    else if (event.detail === 1) this.tell('dw-activate', this.rows[index]!.node);
  }

  private onContextMenu(event: MouseEvent, index: number): void {
    event.preventDefault();
    this.activate(index);
    this.askMenu({ x: event.clientX, y: event.clientY });
  }

  private askMenu(at: MenuPlace): void {
    if (this.selected) this.tell('dw-context', { node: this.selected, at } satisfies TreeContext);
  }

  private readonly onFocus = (): void => {
    if (this.activeRow === -1 && this.rows.length > 0) this.activate(0);
  };

  private readonly onKeyDown = (event: KeyboardEvent): void => {
    if (!this.moveByKey(event) && !this.openByKey(event) && !this.typeKey(event)) return;
    event.preventDefault();
    event.stopPropagation();
  };

  private openByKey(event: KeyboardEvent): boolean {
    const row = this.rows[this.activeRow];
    if (!row) return false;
    if (this.isMenuKey(event)) this.askMenu(this.menuPlace());
    else if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return false;
    else if (event.key === 'Enter') this.tell('dw-activate', row.node);
    else if (event.key === ' ') this.toggle(this.activeRow);
    else if (event.key === 'ArrowRight') {
      if (row.expanded === false) this.toggle(this.activeRow, true);
      else if (row.expanded && this.rows[this.activeRow + 1]?.parent === this.activeRow) this.activate(this.activeRow + 1);
    } else if (event.key === 'ArrowLeft') {
      if (row.expanded) this.toggle(this.activeRow, false);
      else if (row.parent !== -1) this.activate(row.parent);
    } else return false;
    return true;
  }

  private typeKey(event: KeyboardEvent): boolean {
    const found = this.typeAhead.find(event, (row) => this.rows[row]!.node.label, this.activeRow, this.rows.length);
    if (found === null) return false;
    if (found !== -1) this.activate(found);
    return true;
  }

  private tell(name: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
