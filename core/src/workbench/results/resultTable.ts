import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { ByteRange, ViewResult } from '@diskwright/sdk/protocol';
import { printable } from '../../common/text/printable';
import { plural } from '../../common/text/size';
import { LightElement } from '../widgets/lightElement';
import { icon } from '../widgets/parts';

type Table = Extract<ViewResult, { view: 'table' }>;
type Sorting = { column: number; descending: boolean } | null;

/** Drawn at a time; the next ones at a button. */
const ROWS_AT_ONCE = 500;

/** A table of a plugin: sorted by a click on its header, filtered by text; rows that stand for a place lead there. */
@customElement('dw-result-table')
export class ResultTable extends LightElement {
  @state() private sorting: Sorting = null;
  @state() private filter = '';
  @state() private limit = ROWS_AT_ONCE;

  constructor(
    private readonly table: Table,
    private readonly jump: ((range: ByteRange) => void) | null,
  ) {
    super();
  }

  protected override render(): unknown {
    const { columns, rows, ranges } = this.table;
    const order = this.order();
    const leads = this.jump !== null && ranges !== undefined;
    return html`<div class="dw-result-tools">
        <input
          class="dw-input"
          type="search"
          placeholder="Filter rows"
          aria-label="Filter rows"
          @input=${(event: InputEvent) => (this.filter = (event.target as HTMLInputElement).value.toLowerCase())}
        />
        <span class="dw-muted" role="status"
          >${order.length === rows.length ? plural(rows.length, 'row') : `${order.length} of ${plural(rows.length, 'row')}`}</span
        >
      </div>
      <div class="dw-result-table-frame">
        <table class="dw-table">
          <thead>
            <tr>
              ${columns.map((name, column) => this.renderHeader(name, column))}
              ${leads ? html`<th scope="col"><span class="dw-visually-hidden">Place</span></th>` : nothing}
            </tr>
          </thead>
          <tbody>
            ${order.slice(0, this.limit).map((index) => this.renderRow(index, leads))}
          </tbody>
        </table>
      </div>
      ${
        order.length > this.limit
          ? html`<button type="button" class="dw-button" @click=${() => (this.limit += ROWS_AT_ONCE)}>
              Show more: ${order.length - this.limit} rows are left
            </button>`
          : nothing
      }`;
  }

  private renderHeader(name: string, column: number): TemplateResult {
    const sorted = this.sorting?.column === column ? this.sorting : null;
    const direction = sorted ? (sorted.descending ? 'descending' : 'ascending') : 'none';
    return html`<th scope="col" aria-sort=${direction}>
      <button type="button" class="dw-sort-button" @click=${() => (this.sorting = nextSorting(sorted, column))}>
        ${printable(name)} ${sorted ? icon(sorted.descending ? 'arrow-down' : 'arrow-up') : nothing}
      </button>
    </th>`;
  }

  private renderRow(index: number, leads: boolean): TemplateResult {
    const { columns, rows, ranges } = this.table;
    const place = ranges?.[index]?.[0];
    return html`<tr>
      ${columns.map((_, column) => html`<td>${printable(rows[index]![column] ?? '')}</td>`)}
      ${leads ? html`<td class="dw-number">${place ? this.renderJump(place, index) : nothing}</td>` : nothing}
    </tr>`;
  }

  private renderJump(place: ByteRange, index: number): TemplateResult {
    return html`<button
      type="button"
      class="dw-icon-button"
      title="Open sectors at ${place.offset}"
      aria-label="Open sectors of row ${index + 1}"
      @click=${() => this.jump?.(place)}
    >
      ${icon('file-binary')}
    </button>`;
  }

  private order(): number[] {
    const { rows } = this.table;
    const shown = [...rows.keys()].filter(
      (index) => this.filter === '' || rows[index]!.some((cell) => cell.toLowerCase().includes(this.filter)),
    );
    if (!this.sorting) return shown;
    const { column, descending } = this.sorting;
    const sign = descending ? -1 : 1;
    const compare = new Intl.Collator(undefined, { numeric: true }).compare;
    return shown.sort((one, other) => sign * compare(rows[one]![column] ?? '', rows[other]![column] ?? ''));
  }
}

/** Ascending, descending, as it came. */
function nextSorting(current: Sorting, column: number): Sorting {
  if (!current) return { column, descending: false };
  return current.descending ? null : { column, descending: true };
}
