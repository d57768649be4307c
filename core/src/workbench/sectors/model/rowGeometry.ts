/**
 * Which bytes stand in which row. Places are row numbers and pixels within one row, never pixels from the top: a device of 8 PiB has 2^49 rows of
 * 16 bytes, which no element and no product with a row's height can hold.
 */
export class RowGeometry {
  readonly rowCount: number;

  /** @param size of the device, bytes; @param bytesPerRow 1 … 256 */
  constructor(
    readonly size: number,
    readonly bytesPerRow: number,
  ) {
    this.rowCount = Math.ceil(size / bytesPerRow);
  }

  rowOf(offset: number): number {
    return Math.floor(offset / this.bytesPerRow);
  }

  offsetOf(row: number): number {
    return row * this.bytesPerRow;
  }

  /** Bytes in a row: fewer in the last. */
  lengthOf(row: number): number {
    return Math.max(0, Math.min(this.bytesPerRow, this.size - row * this.bytesPerRow));
  }

  clampOffset(offset: number): number {
    return Math.max(0, Math.min(Math.max(0, this.size - 1), offset));
  }
}

/** The first visible row, and how many pixels of it are scrolled out: 0 ≤ pixels < height of a row. */
export interface ScrollPlace {
  row: number;
  pixels: number;
}

/** What can be seen: `rows` whole rows fit; the last place shows the last row at the bottom. */
export interface Viewport {
  rowHeight: number;
  heightPixels: number;
}

export function visibleRows({ rowHeight, heightPixels }: Viewport): number {
  return Math.max(1, Math.floor(heightPixels / rowHeight));
}

/** The last first row: the last row of the device then stands at the bottom. */
export function lastFirstRow(geometry: RowGeometry, viewport: Viewport): number {
  return Math.max(0, geometry.rowCount - visibleRows(viewport));
}

export function clampPlace(geometry: RowGeometry, viewport: Viewport, place: ScrollPlace): ScrollPlace {
  const last = lastFirstRow(geometry, viewport);
  if (place.row < 0) return { row: 0, pixels: 0 };
  if (place.row >= last) return { row: last, pixels: 0 };
  return place;
}

/** Scrolls by pixels, down for positive ones. */
export function scrollByPixels(geometry: RowGeometry, viewport: Viewport, place: ScrollPlace, deltaPixels: number): ScrollPlace {
  const total = place.pixels + deltaPixels;
  const rows = Math.floor(total / viewport.rowHeight);
  return clampPlace(geometry, viewport, { row: place.row + rows, pixels: total - rows * viewport.rowHeight });
}

/** The place nearest to this one at which a row is wholly visible; with `margin`, that many rows away from the edge. */
export function placeShowing(
  geometry: RowGeometry,
  viewport: Viewport,
  place: ScrollPlace,
  row: number,
  margin = 0,
): ScrollPlace {
  const rows = visibleRows(viewport);
  const first = place.pixels > 0 ? place.row + 1 : place.row;
  const room = Math.min(margin, Math.max(0, Math.floor((rows - 1) / 2)));
  if (row < first + room) return clampPlace(geometry, viewport, { row: row - room, pixels: 0 });
  if (row > place.row + rows - 1 - room) return clampPlace(geometry, viewport, { row: row - rows + 1 + room, pixels: 0 });
  return place;
}

/** The place with a row a third of the way down, where the eye looks for the goal of a jump. */
export function placeAround(geometry: RowGeometry, viewport: Viewport, row: number): ScrollPlace {
  return clampPlace(geometry, viewport, { row: row - Math.floor(visibleRows(viewport) / 3), pixels: 0 });
}
