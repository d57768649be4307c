import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import './rows.css';
import { TypeAhead } from './typeAhead';
import { type MenuPlace, ROW_HEIGHT, VirtualRows } from './virtualRows';
import { printableLines } from '../../../common/text/printable';

/** A column of a table of `T`. */
export interface TableColumn<T> {
  id: string;
  title: string;
  /** CSS pixels at first; 120 unless given. */
  width?: number;
  /** Numbers stand at the right. */
  number?: boolean;
  /** What is read out, shown, and sorted by unless `cell` and `compare` say otherwise. */
  text(row: T): string;
  cell?(row: T): unknown;
  /** Ascending. Null for a column that is not sorted by. */
  compare?: ((a: T, b: T) => number) | null;
}

/** Of `dw-context`. */
export interface TableContext<T> {
  row: T;
  at: MenuPlace;
}

const WIDTH = 120;
const MINIMUM_WIDTH = 40;
const WIDTH_STEP = 16;

/**
 * `<dw-table>`: rows of any number in columns that can be sorted and resized: by pointer, or on a column's heading by Enter, and by Shift+Left and
 * Shift+Right.
 *
 * Events, with the row as `detail`: `dw-select`, `dw-activate` (Enter or double click), and `dw-context` (`detail` is a {@link TableContext}).
 */
@customElement('dw-table')
export class Table<T = unknown> extends VirtualRows {
  @property({ attribute: false }) columns: readonly TableColumn<T>[] = [];
  @property({ attribute: false }) rows: readonly T[] = [];
  /** What tells a row from others; by it the selection lasts when rows are set anew. */
  @property({ attribute: false }) keyOf: (row: T) => string = (row) => String(this.rows.indexOf(row));
  /** What a row is found by when its first letters are typed; null for a table that letters are not for. */
  @property({ attribute: false }) nameOf: ((row: T) => string) | null = null;
  /** How it is sorted; null for the order of `rows`. */
  @property({ attribute: false }) sort: { column: string; descending: boolean } | null = null;
  @state() private widths: Readonly<Record<string, number>> = {};
  private sorted: readonly T[] = [];
  private selectedKey: string | null = null;
  private readonly typeAhead = new TypeAhead();

  get selected(): T | null {
    return this.sorted[this.activeRow] ?? null;
  }

  /** Makes the first row the active one. */
  selectFirst(): void {
    void this.updateComplete.then(() => this.sorted.length > 0 && this.activate(0));
  }

  /** Selects a row by its key; without an event. */
  select(key: string | null): void {
    this.selectedKey = key;
    this.requestUpdate();
    void this.updateComplete.then(() => this.revealRow(this.activeRow));
  }

  protected override get rowCount(): number {
    return this.sorted.length;
  }

  protected override onActiveChanged(): void {
    const row = this.selected;
    this.selectedKey = row === null ? null : this.keyOf(row);
    if (row !== null) this.tell('dw-select', row);
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('rows') || changed.has('sort') || changed.has('columns')) this.sorted = this.sortRows();
    const active = this.sorted[this.activeRow];
    // Mostly it is where it was: looking through a million rows at every scroll would be felt.
    if (active !== undefined && this.keyOf(active) === this.selectedKey) return;
    this.activeRow = this.selectedKey === null ? -1 : this.sorted.findIndex((row) => this.keyOf(row) === this.selectedKey);
  }

  protected override render(): TemplateResult {
    const { first, end } = this.drawn;
    const active = this.activeRow >= first && this.activeRow < end;
    const width = this.columns.reduce((total, column) => total + this.widthOf(column), 0);
    return html`<div
      class="dw-rows"
      role="grid"
      tabindex="0"
      aria-label=${this.label}
      aria-rowcount=${this.sorted.length + 1}
      aria-colcount=${this.columns.length}
      aria-activedescendant=${active ? this.rowId(this.activeRow) : nothing}
      @scroll=${this.onScroll}
      @keydown=${this.onKeyDown}
      @focus=${this.onFocus}
    >
      <div class="dw-table-head" role="row" aria-rowindex="1" style="width:${width}px">
        ${this.columns.map((column) => this.head(column))}
      </div>
      <div class="dw-rows-space" role="rowgroup" style="height:${this.sorted.length * ROW_HEIGHT}px;width:${width}px">
        ${this.sorted.slice(first, end).map((row, index) => this.row(row, first + index))}
      </div>
    </div>`;
  }

  private head(column: TableColumn<T>): TemplateResult {
    const order = this.sort?.column === column.id ? (this.sort.descending ? 'descending' : 'ascending') : null;
    const sortable = column.compare !== null;
    return html`<div
      class="dw-table-head-cell ${column.number ? 'dw-table-number' : ''}"
      role="columnheader"
      aria-sort=${order ?? nothing}
      style="width:${this.widthOf(column)}px"
    >
      <button
        type="button"
        tabindex="0"
        title=${sortable ? `${column.title}: sort by it; Shift+Left and Shift+Right change its width` : column.title}
        @click=${() => this.sortBy(column)}
        @keydown=${(event: KeyboardEvent) => this.resizeByKey(event, column)}
      >
        ${column.title}${order ? html`<i class="codicon codicon-arrow-${order === 'ascending' ? 'up' : 'down'}" aria-hidden="true"></i>` : nothing}
      </button>
      <span class="dw-table-grip" @pointerdown=${(event: PointerEvent) => this.resizeByPointer(event, column)}></span>
    </div>`;
  }

  private row(row: T, index: number): TemplateResult {
    return html`<div
      id=${this.rowId(index)}
      class="dw-row"
      role="row"
      aria-rowindex=${index + 2}
      aria-selected=${index === this.activeRow}
      style="top:${index * ROW_HEIGHT}px"
      @click=${() => this.activate(index)}
      @dblclick=${() => this.tell('dw-activate', row)}
      @contextmenu=${(event: MouseEvent) => this.onContextMenu(event, index)}
    >
      ${this.columns.map(
        (column) =>
          html`<div
            class="dw-table-cell ${column.number ? 'dw-table-number' : ''}"
            role="gridcell"
            style="width:${this.widthOf(column)}px"
            title=${printableLines(column.text(row))}
          >
            ${column.cell ? column.cell(row) : printableLines(column.text(row))}
          </div>`,
      )}
    </div>`;
  }

  private sortRows(): readonly T[] {
    const column = this.columns.find(({ id }) => id === this.sort?.column);
    if (!column || column.compare === null) return this.rows;
    const compare =
      column.compare ?? ((a: T, b: T) => column.text(a).localeCompare(column.text(b), undefined, { numeric: true }));
    const direction = this.sort!.descending ? -1 : 1;
    return [...this.rows].sort((a, b) => direction * compare(a, b));
  }

  private sortBy(column: TableColumn<T>): void {
    if (column.compare === null) return;
    const same = this.sort?.column === column.id;
    this.sort = same && this.sort!.descending ? null : { column: column.id, descending: same };
  }

  private widthOf(column: TableColumn<T>): number {
    return this.widths[column.id] ?? column.width ?? WIDTH;
  }

  private resize(column: TableColumn<T>, width: number): void {
    this.widths = { ...this.widths, [column.id]: Math.max(MINIMUM_WIDTH, width) };
  }

  private resizeByKey(event: KeyboardEvent, column: TableColumn<T>): void {
    // What is pressed on a heading is not for the rows.
    event.stopPropagation();
    const step = event.key === 'ArrowRight' ? WIDTH_STEP : event.key === 'ArrowLeft' ? -WIDTH_STEP : 0;
    if (!event.shiftKey || step === 0) return;
    event.preventDefault();
    this.resize(column, this.widthOf(column) + step);
  }

  private resizeByPointer(event: PointerEvent, column: TableColumn<T>): void {
    const grip = event.currentTarget as HTMLElement;
    const begin = event.clientX;
    const width = this.widthOf(column);
    const lifetime = new AbortController();
    event.preventDefault();
    grip.setPointerCapture(event.pointerId);
    grip.addEventListener('pointermove', ({ clientX }) => this.resize(column, width + clientX - begin), lifetime);
    grip.addEventListener('lostpointercapture', () => lifetime.abort(), lifetime);
  }

  private onContextMenu(event: MouseEvent, index: number): void {
    event.preventDefault();
    this.activate(index);
    this.askMenu({ x: event.clientX, y: event.clientY });
  }

  private askMenu(at: MenuPlace): void {
    const row = this.selected;
    if (row !== null) this.tell('dw-context', { row, at } satisfies TableContext<T>);
  }

  private readonly onFocus = (): void => {
    if (this.activeRow === -1 && this.sorted.length > 0) this.activate(0);
  };

  private readonly onKeyDown = (event: KeyboardEvent): void => {
    if (this.moveByKey(event)) {
      // Moved.
    } else if (this.isMenuKey(event)) this.askMenu(this.menuPlace());
    else if (event.key === 'Enter' && this.selected !== null) this.tell('dw-activate', this.selected);
    else if (!this.typeKey(event)) return;
    event.preventDefault();
    event.stopPropagation();
  };

  private typeKey(event: KeyboardEvent): boolean {
    const { nameOf } = this;
    if (!nameOf) return false;
    const found = this.typeAhead.find(event, (row) => nameOf(this.sorted[row]!), this.activeRow, this.sorted.length);
    if (found === null) return false;
    if (found !== -1) this.activate(found);
    return true;
  }

  private tell(name: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
