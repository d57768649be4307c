import { hexPair, spokenSign, textSign } from '../model/byteClass';
import { ByteState, type GridSource } from './gridSource';
import type { OffsetWriter } from '../model/offsetFormat';
import type { RowGeometry } from '../model/rowGeometry';

export interface MirrorView {
  geometry: RowGeometry;
  offsets: OffsetWriter;
  firstRow: number;
  rows: number;
  cursor: number;
}

let identifiers = 0;

/**
 * What a screen reader sees of a grid: its visible rows, each as one cell of hex and one of text; the row with the cursor byte by byte. It takes the
 * keyboard's focus; the byte under the cursor is its active descendant. Small at any size of device.
 */
export class GridMirror {
  readonly element = document.createElement('div');
  private readonly prefix = `dw-sectors-${(identifiers += 1)}`;
  private bytes = new Uint8Array(0);
  private states = new Uint8Array(0);

  constructor(
    private readonly source: GridSource,
    label: string,
  ) {
    this.element.className = 'dw-sectors-mirror';
    this.element.tabIndex = 0;
    this.element.setAttribute('role', 'grid');
    this.element.setAttribute('aria-label', label);
    this.element.setAttribute('aria-readonly', 'true');
    this.element.dataset.autofocus = '';
  }

  setReadOnly(readOnly: boolean): void {
    this.element.setAttribute('aria-readonly', String(readOnly));
  }

  update(view: MirrorView): void {
    const { geometry } = view;
    const offset = geometry.offsetOf(view.firstRow);
    const length = Math.max(0, Math.min(geometry.size - offset, view.rows * geometry.bytesPerRow));
    if (this.bytes.length < length) {
      this.bytes = new Uint8Array(length);
      this.states = new Uint8Array(length);
    }
    this.source.copy({ offset, length }, this.bytes, this.states);
    this.element.setAttribute('aria-rowcount', String(geometry.rowCount));
    this.element.setAttribute('aria-colcount', String(geometry.bytesPerRow + 1));
    const rows = Array.from({ length: Math.ceil(length / geometry.bytesPerRow) }, (_, index) =>
      this.row(view, view.firstRow + index, index * geometry.bytesPerRow),
    );
    this.element.replaceChildren(...rows);
    this.element.setAttribute('aria-activedescendant', `${this.prefix}-cursor`);
  }

  private row(view: MirrorView, row: number, base: number): HTMLElement {
    const { geometry } = view;
    const element = cell('row');
    element.setAttribute('aria-rowindex', String(row + 1));
    const header = cell('rowheader', view.offsets.write(geometry.offsetOf(row)).trim());
    header.setAttribute('aria-colindex', '1');
    element.append(header);
    const length = geometry.lengthOf(row);
    const columns = Array.from({ length }, (_, column) => base + column);
    if (geometry.rowOf(view.cursor) === row) {
      for (const index of columns)
        element.append(this.byteCell(view, geometry.offsetOf(row) + index - base, index, index - base));
      return element;
    }
    const hex = cell('gridcell', columns.map((index) => this.word(index)).join(' '));
    hex.setAttribute('aria-colindex', '2');
    hex.setAttribute('aria-colspan', String(length));
    const text = columns.map((index) => (this.isKnown(index) ? textSign(this.bytes[index]!) : ' ')).join('');
    hex.setAttribute('aria-label', `${hex.textContent}, text ${text}`);
    element.append(hex);
    return element;
  }

  private byteCell(view: MirrorView, offset: number, index: number, column: number): HTMLElement {
    const element = cell('gridcell', this.word(index));
    element.setAttribute('aria-colindex', String(column + 2));
    if (offset === view.cursor) {
      element.id = `${this.prefix}-cursor`;
      element.setAttribute('aria-selected', 'true');
      element.setAttribute('aria-label', this.announcement(view, offset, index));
    }
    return element;
  }

  /** `offset 1F400, 53 hex, S, field OEM name, modified` */
  private announcement({ offsets }: MirrorView, offset: number, index: number): string {
    const state = this.states[index];
    const parts = [
      `offset ${offsets
        .write(offset)
        .trim()
        .replace(/^0+(?=[0-9A-F])/, '')}`,
    ];
    if (this.isKnown(index)) parts.push(`${this.word(index)} hex`, spokenSign(this.bytes[index]!));
    else parts.push(this.word(index));
    parts.push(this.source.describe(offset));
    if (state === ByteState.Modified) parts.push('modified');
    return parts.filter(Boolean).join(', ');
  }

  private isKnown(index: number): boolean {
    return this.states[index] === ByteState.Loaded || this.states[index] === ByteState.Modified;
  }

  private word(index: number): string {
    if (this.states[index] === ByteState.Loading) return 'not read yet';
    return this.states[index] === ByteState.Unreadable ? 'unreadable' : hexPair(this.bytes[index]!);
  }
}

function cell(role: string, text = ''): HTMLElement {
  const element = document.createElement('div');
  element.setAttribute('role', role);
  element.textContent = text;
  return element;
}
