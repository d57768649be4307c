import { html, nothing, type TemplateResult } from 'lit';
import { printable } from '../../common/text/printable';
import { errorCallout } from '../widgets/parts';
import { emptyBlock } from '../widgets/shared/blocks';
import '../widgets/shared/table';
import type { TableContext } from '../widgets/shared/table';
import { columnsFor, unsortable } from './fileColumns';
import { type DirectoryListing, ENTRIES_AT_ONCE } from './model/directoryListing';
import type { FileEntry } from './model/fileEntry';

/** Sorting more would be felt at every page that comes. */
const MAX_SORTED = 200_000;
const BY_NAME = { column: 'name', descending: false };

/** What the user does with entries. */
export interface EntryActions {
  select(entry: FileEntry): void;
  /** Enter, or a double click. */
  open(): void;
  showMenu(at: TableContext<FileEntry>['at']): void;
}

/** Draws the entries of a directory as far as they were read, with what stands below them. */
export class EntryTable {
  private drawn: { key: string; columns: ReturnType<typeof columnsFor> } | null = null;

  constructor(private readonly actions: EntryActions) {}

  /** @param rows the entries of `listing`, the same array as long as they are the same */
  draw(path: string, listing: DirectoryListing, rows: readonly FileEntry[]): TemplateResult {
    const isSortable = rows.length <= MAX_SORTED;
    const isEmpty = listing.isComplete && rows.length === 0;
    return html`<div class="dw-files-list">
      ${listing.error ? errorCallout(listing.error, again(listing)) : nothing}
      ${isEmpty ? emptyDirectory : this.table(path, rows, isSortable)}
      <div class="dw-files-status" role="status">${statusText(listing, rows.length, isSortable)}</div>
    </div>`;
  }

  private table(path: string, rows: readonly FileEntry[], isSortable: boolean): TemplateResult {
    const { actions } = this;
    return html`<dw-table
      data-autofocus
      .label=${`Entries of ${printable(path)}`}
      .columns=${this.columnsOf(columnsFor(rows), isSortable)}
      .rows=${rows}
      .keyOf=${keyOf}
      .nameOf=${keyOf}
      .sort=${isSortable ? BY_NAME : null}
      @dw-select=${({ detail }: CustomEvent<FileEntry>) => actions.select(detail)}
      @dw-activate=${() => actions.open()}
      @dw-context=${({ detail }: CustomEvent<TableContext<FileEntry>>) => actions.showMenu(detail.at)}
    ></dw-table>`;
  }

  /** The same array as long as the columns are the same: the table sorts anew when it is given another. */
  private columnsOf(columns: ReturnType<typeof columnsFor>, isSortable: boolean): ReturnType<typeof columnsFor> {
    const key = [isSortable, ...columns.map(({ id }) => id)].join(' ');
    if (this.drawn?.key !== key) this.drawn = { key, columns: isSortable ? columns : unsortable(columns) };
    return this.drawn.columns;
  }
}

const emptyDirectory = html`<div class="dw-files-empty" tabindex="0" data-autofocus aria-label="Empty directory">
  ${emptyBlock('This directory is empty', 'Backspace leads to the directory above.')}
</div>`;

function again(listing: DirectoryListing): TemplateResult {
  return html`<button type="button" class="dw-link-button" @click=${() => void listing.more()}>Try again</button>`;
}

function statusText(listing: DirectoryListing, count: number, isSortable: boolean): TemplateResult {
  const order = isSortable ? '' : ' Too many to be sorted: they stand in the order of the filesystem.';
  if (listing.isReading) {
    return html`Reading: ${entries(count)} so far.
      <button type="button" class="dw-link-button" @click=${() => listing.cancel()}>Stop</button>`;
  }
  if (listing.isComplete) return html`${entries(count)}.${order}`;
  return html`The first ${entries(count)}.${order}
    <button type="button" class="dw-link-button" @click=${() => void listing.more()}>
      Read ${ENTRIES_AT_ONCE.toLocaleString('en')} more
    </button>`;
}

const entries = (count: number): string => (count === 1 ? '1 entry' : `${count.toLocaleString('en')} entries`);

/** Names are what entries of one directory differ by. */
const keyOf = ({ path }: FileEntry): string => path;
