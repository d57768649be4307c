import { html, type TemplateResult } from 'lit';
import { styleMap } from 'lit/directives/style-map.js';
import { LightElement } from '../../widgets/lightElement';

const rowPixels = 22;
const spareRows = 6;

/** A list of any length of which only the visible rows exist. Rows have one height; the arrow keys move, Enter and a click choose. */
export class VirtualList<T> extends LightElement {
  items: readonly T[] = [];
  label = '';
  selected = -1;
  /** The content of a row. */
  row: (item: T, index: number) => unknown = () => '';
  choose: (item: T, index: number) => void = () => undefined;
  private observer = new ResizeObserver(() => this.requestUpdate());

  override connectedCallback(): void {
    super.connectedCallback();
    this.className = 'dw-sectors-list';
    this.tabIndex = 0;
    this.setAttribute('role', 'listbox');
    this.addEventListener('scroll', this.handleScroll, { passive: true });
    this.addEventListener('keydown', this.handleKey);
    this.observer.observe(this);
  }

  override disconnectedCallback(): void {
    this.removeEventListener('scroll', this.handleScroll);
    this.removeEventListener('keydown', this.handleKey);
    this.observer.disconnect();
    super.disconnectedCallback();
  }

  /** Shows a row, and marks it. */
  select(index: number): void {
    this.selected = index;
    const top = index * rowPixels;
    if (top < this.scrollTop) this.scrollTop = top;
    else if (top + rowPixels > this.scrollTop + this.clientHeight) this.scrollTop = top + rowPixels - this.clientHeight;
    this.requestUpdate();
  }

  protected override render(): TemplateResult {
    this.setAttribute('aria-label', this.label);
    const first = Math.max(0, Math.floor(this.scrollTop / rowPixels) - spareRows);
    const last = Math.min(this.items.length, Math.ceil((this.scrollTop + this.clientHeight) / rowPixels) + spareRows);
    const rows = this.items.slice(first, last).map((item, index) => this.itemRow(item, first + index));
    const active = this.selected >= first && this.selected < last ? `${this.idPrefix}-${this.selected}` : '';
    if (active) this.setAttribute('aria-activedescendant', active);
    else this.removeAttribute('aria-activedescendant');
    return html`<div
      role="presentation"
      style=${styleMap({ height: `${this.items.length * rowPixels}px`, position: 'relative' })}
    >
      ${rows}
    </div>`;
  }

  private readonly idPrefix = `dw-list-${Math.random().toString(36).slice(2)}`;

  private itemRow(item: T, index: number): TemplateResult {
    return html`<div
      role="option"
      id="${this.idPrefix}-${index}"
      class="dw-sectors-list-row"
      aria-selected=${index === this.selected ? 'true' : 'false'}
      aria-posinset=${index + 1}
      aria-setsize=${this.items.length}
      style=${styleMap({ top: `${index * rowPixels}px`, height: `${rowPixels}px` })}
      @click=${() => this.use(index)}
    >
      ${this.row(item, index)}
    </div>`;
  }

  private use(index: number): void {
    const item = this.items[index];
    if (item === undefined) return;
    this.select(index);
    this.choose(item, index);
  }

  private readonly handleScroll = (): void => this.requestUpdate();

  private readonly handleKey = (event: KeyboardEvent): void => {
    const page = Math.max(1, Math.floor(this.clientHeight / rowPixels) - 1);
    const steps: Record<string, number> = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: page,
      PageUp: -page,
      Home: -Infinity,
      End: Infinity,
    };
    const step = steps[event.key];
    if (event.ctrlKey || event.altKey) return;
    if (step !== undefined && this.items.length > 0) {
      this.select(Math.max(0, Math.min(this.items.length - 1, this.selected + step)));
      event.preventDefault();
    } else if (event.key === 'Enter' && this.selected >= 0) {
      this.use(this.selected);
      event.preventDefault();
    }
  };
}
customElements.define('dw-sectors-list', VirtualList);

/** One in a template of another view: keep the element, and set its properties. */
export function virtualList<T>(properties: Pick<VirtualList<T>, 'label' | 'row' | 'choose'>): VirtualList<T> {
  return Object.assign(new VirtualList<T>(), properties);
}
