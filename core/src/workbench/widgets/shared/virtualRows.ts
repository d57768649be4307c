import { property, query, state } from 'lit/decorators.js';
import { LightElement } from '../lightElement';
import { rowForKey, rowWindow, scrollToRow } from './rowWindow';

/** CSS pixels; `--dw-row-height` says the same. */
export const ROW_HEIGHT = 22;

let nextId = 0;

/** Where a context menu opens. */
export interface MenuPlace {
  x: number;
  y: number;
}

/**
 * What long lists have in common: of all rows only those in sight are drawn; one row is the active one, which the keys move and screen readers are
 * told (`aria-activedescendant`). The element that scrolls has the class `dw-rows` and the focus.
 */
export abstract class VirtualRows extends LightElement {
  /** What is listed, for screen readers. */
  @property() label = '';
  @state() protected activeRow = -1;
  @state() private scrollPosition = 0;
  @state() private viewHeight = 0;
  @query('.dw-rows') protected scroller!: HTMLElement | null;
  protected readonly idPrefix = `dw-rows-${nextId++}`;
  private readonly observer = new ResizeObserver(() => (this.viewHeight = this.scroller?.clientHeight ?? 0));

  protected abstract get rowCount(): number;
  /** A row became the active one, by key or pointer. */
  protected abstract onActiveChanged(): void;

  override connectedCallback(): void {
    super.connectedCallback();
    this.classList.add('dw-virtual-rows');
  }

  override disconnectedCallback(): void {
    this.observer.disconnect();
    super.disconnectedCallback();
  }

  protected override firstUpdated(): void {
    this.observe();
  }

  protected override updated(): void {
    this.observe();
  }

  override focus(options?: FocusOptions): void {
    this.scroller?.focus(options);
  }

  /** The rows to be drawn now. */
  protected get drawn(): { first: number; end: number } {
    return rowWindow(this.scrollPosition, this.viewHeight || 400, ROW_HEIGHT, this.rowCount);
  }

  protected rowId(row: number): string {
    return `${this.idPrefix}-${row}`;
  }

  /** Makes a row the active one and brings it into sight. */
  protected activate(row: number, tell = true): void {
    this.activeRow = row;
    this.revealRow(row);
    if (tell) this.onActiveChanged();
  }

  protected revealRow(row: number): void {
    const { scroller } = this;
    if (!scroller || row < 0) return;
    const head = scroller.querySelector<HTMLElement>('.dw-table-head')?.offsetHeight ?? 0;
    const top = scrollToRow(row, scroller.scrollTop, scroller.clientHeight - head, ROW_HEIGHT);
    if (top !== scroller.scrollTop) scroller.scrollTop = top;
  }

  /** Answers whether the key moved the active row. */
  protected moveByKey(event: KeyboardEvent): boolean {
    if (event.ctrlKey || event.altKey || event.metaKey) return false;
    const row = rowForKey(event.key, this.activeRow, this.rowCount, Math.floor(this.viewHeight / ROW_HEIGHT));
    if (row === null) return false;
    this.activate(row);
    return true;
  }

  protected isMenuKey(event: KeyboardEvent): boolean {
    return event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey);
  }

  /** Below the active row. */
  protected menuPlace(): MenuPlace {
    const row = this.querySelector(`#${this.rowId(this.activeRow)}`) ?? this;
    const { left, bottom } = row.getBoundingClientRect();
    return { x: left + 24, y: bottom };
  }

  protected readonly onScroll = (): void => {
    this.scrollPosition = this.scroller?.scrollTop ?? 0;
  };

  private observe(): void {
    if (this.scroller) this.observer.observe(this.scroller);
  }
}
