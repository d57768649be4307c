/** The column of bytes that has the keyboard: `hex` or `text`. */
export type GridPane = 'hex' | 'text';

export interface GridShape {
  bytesPerRow: number;
  /** Bytes between wider gaps; 0 for none. */
  groupBytes: number;
  /** Characters of an offset. */
  offsetWidth: number;
}

/** Where things stand in a row, in whole device pixels, so that no glyph is drawn between two of them. */
export class GridMetrics {
  readonly offsetX: number;
  readonly hexX: number;
  readonly textX: number;
  /** Where the text column ends. */
  readonly endX: number;

  /** @param character width of one, and @param rowHeight in device pixels */
  constructor(
    readonly shape: GridShape,
    readonly character: number,
    readonly rowHeight: number,
  ) {
    this.offsetX = character;
    this.hexX = this.offsetX + (shape.offsetWidth + 2) * character;
    this.textX = this.byteX('hex', shape.bytesPerRow - 1) + 4 * character;
    this.endX = this.textX + shape.bytesPerRow * character;
  }

  private gapsBefore(column: number): number {
    return this.shape.groupBytes > 0 ? Math.floor(column / this.shape.groupBytes) : 0;
  }

  byteX(pane: GridPane, column: number): number {
    if (pane === 'text') return this.textX + column * this.character;
    return this.hexX + (column * 3 + this.gapsBefore(column)) * this.character;
  }

  byteWidth(pane: GridPane): number {
    return pane === 'hex' ? 2 * this.character : this.character;
  }

  /** Left and width of the columns `from` to `to` (inclusive) as one box, with the gaps between them. */
  span(pane: GridPane, from: number, to: number): { x: number; width: number } {
    const pad = pane === 'hex' ? Math.floor(this.character / 2) : 0;
    const x = this.byteX(pane, from) - pad;
    return { x, width: this.byteX(pane, to) + this.byteWidth(pane) + pad - x };
  }

  /** The pane and column nearest to a place; null over the offsets. */
  columnAt(x: number): { pane: GridPane; column: number } | null {
    if (x < this.hexX - this.character) return null;
    const last = this.shape.bytesPerRow - 1;
    if (x >= this.textX - this.character) {
      return { pane: 'text', column: Math.max(0, Math.min(last, Math.floor((x - this.textX) / this.character))) };
    }
    let column = 0;
    while (column < last && x >= this.byteX('hex', column + 1) - this.character / 2) column += 1;
    return { pane: 'hex', column };
  }
}

/** Characters to the right of the text: where a partition's edge is named. */
export const marginCharacters = 16;

/** Whether rows of so many bytes can be seen whole. @param width device pixels */
export function fits(bytesPerRow: number, width: number, character: number, shape: Omit<GridShape, 'bytesPerRow'>): boolean {
  return new GridMetrics({ ...shape, bytesPerRow }, character, 1).endX + character <= width;
}

/** The most bytes that fit a row, 8 at least; of those of which a sector is whole rows, so that it begins with one. */
export function automaticBytesPerRow(width: number, character: number, shape: Omit<GridShape, 'bytesPerRow'>): number {
  return [64, 32, 16].find((bytesPerRow) => fits(bytesPerRow, width, character, shape)) ?? 8;
}
