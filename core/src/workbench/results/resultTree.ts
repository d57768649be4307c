import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { styleMap } from 'lit/directives/style-map.js';
import type { ByteRange, TreeNode } from '@diskwright/sdk/protocol';
import { printable } from '../../common/text/printable';
import { LightElement } from '../widgets/lightElement';
import { icon } from '../widgets/parts';

interface Row {
  node: TreeNode;
  level: number;
  /** Indexes from the root, joined: what tells it from all others. */
  key: string;
  position: number;
  siblings: number;
}

const INDENT_PIXELS = 16;
/** A level with more items is not opened by itself. */
const OPENED_AT_FIRST = 64;

/** A tree of a plugin, by the keys of a tree: arrows, Home, End; Enter leads to an item's place. */
@customElement('dw-result-tree')
export class ResultTree extends LightElement {
  @state() private expanded: ReadonlySet<string>;
  @state() private focusedKey = '0';

  constructor(
    private readonly nodes: readonly TreeNode[],
    private readonly label: string,
    private readonly jump: ((range: ByteRange) => void) | null,
  ) {
    super();
    this.expanded = new Set(nodes.length <= OPENED_AT_FIRST ? Array.from(nodes.keys(), String) : []);
  }

  protected override render(): unknown {
    const rows = this.rows();
    return html`<div
      class="dw-result-tree"
      role="tree"
      aria-label=${printable(this.label)}
      @keydown=${(event: KeyboardEvent) => this.pressed(event, rows)}
    >
      ${rows.map((row) => this.renderRow(row))}
    </div>`;
  }

  private renderRow({ node, level, key, position, siblings }: Row): TemplateResult {
    const hasChildren = (node.children?.length ?? 0) > 0;
    const isOpen = this.expanded.has(key);
    const place = node.ranges?.[0];
    return html`<div
      class="dw-result-tree-row"
      role="treeitem"
      data-key=${key}
      tabindex=${key === this.focusedKey ? 0 : -1}
      aria-level=${level}
      aria-posinset=${position}
      aria-setsize=${siblings}
      aria-expanded=${hasChildren ? isOpen : nothing}
      style=${styleMap({ paddingLeft: `${(level - 1) * INDENT_PIXELS + 4}px` })}
      @click=${() => this.focusRow(key)}
      @dblclick=${() => this.open(place)}
    >
      <span class="dw-result-twistie" @click=${() => this.toggle(key)}
        >${hasChildren ? icon(isOpen ? 'chevron-down' : 'chevron-right') : nothing}</span
      >
      <span>${printable(node.label)}</span>
      ${node.description ? html`<span class="dw-muted">${printable(node.description)}</span>` : nothing}
      ${
        place && this.jump
          ? html`<button
              type="button"
              class="dw-icon-button"
              tabindex="-1"
              title="Open sectors at ${place.offset}"
              @click=${() => this.open(place)}
            >
              ${icon('file-binary')}
            </button>`
          : nothing
      }
    </div>`;
  }

  private rows(): Row[] {
    const rows: Row[] = [];
    const add = (nodes: readonly TreeNode[], level: number, prefix: string): void => {
      for (const [index, node] of nodes.entries()) {
        const key = `${prefix}${index}`;
        rows.push({ node, level, key, position: index + 1, siblings: nodes.length });
        if (node.children && this.expanded.has(key)) add(node.children, level + 1, `${key}.`);
      }
    };
    add(this.nodes, 1, '');
    return rows;
  }

  private open(place: ByteRange | undefined): void {
    if (place) this.jump?.(place);
  }

  private toggle(key: string): void {
    const expanded = new Set(this.expanded);
    if (!expanded.delete(key)) expanded.add(key);
    this.expanded = expanded;
  }

  private focusRow(key: string): void {
    this.focusedKey = key;
    void this.updateComplete.then(() => this.querySelector<HTMLElement>(`[data-key="${key}"]`)?.focus());
  }

  private pressed(event: KeyboardEvent, rows: readonly Row[]): void {
    const index = rows.findIndex(({ key }) => key === this.focusedKey);
    const row = rows[index];
    if (!row) return;
    const hasChildren = (row.node.children?.length ?? 0) > 0;
    const isOpen = this.expanded.has(row.key);
    const go = (to: Row | undefined): void => to && this.focusRow(to.key);
    switch (event.key) {
      case 'ArrowDown':
        go(rows[index + 1]);
        break;
      case 'ArrowUp':
        go(rows[index - 1]);
        break;
      case 'Home':
        go(rows[0]);
        break;
      case 'End':
        go(rows.at(-1));
        break;
      case 'ArrowRight':
        if (hasChildren && !isOpen) this.toggle(row.key);
        else if (hasChildren) go(rows[index + 1]);
        break;
      case 'ArrowLeft':
        if (hasChildren && isOpen) this.toggle(row.key);
        else go(rows.find(({ key }) => row.key.startsWith(`${key}.`) && row.key.lastIndexOf('.') === key.length));
        break;
      case 'Enter':
        this.open(row.node.ranges?.[0]);
        break;
      default:
        return;
    }
    event.preventDefault();
  }
}
