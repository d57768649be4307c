/** A scrollbar's track: which part of the rows it stands for. Rows as numbers of up to 2^53, pixels from the top of the track. */
export interface Track {
  heightPixels: number;
  /** Rows that the track stands for: the whole device, or the surroundings of a place. */
  firstRow: number;
  rowCount: number;
}

const leastThumbPixels = 24;

export interface Thumb {
  topPixels: number;
  heightPixels: number;
}

/** The thumb for `visible` rows from `row`; never smaller than can be grasped. */
export function thumbOf(track: Track, row: number, visible: number): Thumb {
  const share = track.rowCount === 0 ? 1 : Math.min(1, visible / track.rowCount);
  const heightPixels = Math.min(track.heightPixels, Math.max(leastThumbPixels, track.heightPixels * share));
  const range = Math.max(0, track.rowCount - visible);
  const fraction = range === 0 ? 0 : Math.max(0, Math.min(1, (row - track.firstRow) / range));
  return { topPixels: fraction * (track.heightPixels - heightPixels), heightPixels };
}

/** The first visible row when the thumb's top stands there: the inverse of {@link thumbOf}. */
export function rowOfThumb(track: Track, visible: number, topPixels: number): number {
  const { heightPixels } = thumbOf(track, track.firstRow, visible);
  const room = track.heightPixels - heightPixels;
  const fraction = room <= 0 ? 0 : Math.max(0, Math.min(1, topPixels / room));
  return track.firstRow + Math.round(fraction * Math.max(0, track.rowCount - visible));
}

/** Where a mark at a row stands, as a pixel of the track; null when the track does not reach it. */
export function pixelOfRow(track: Track, row: number): number | null {
  const position = (row - track.firstRow) / Math.max(1, track.rowCount);
  return position < 0 || position > 1 ? null : position * track.heightPixels;
}

/** Rows that one pixel of the fine scrollbar stands for: a hand can set it to the row. */
const rowsPerLensPixel = 2;

/**
 * The rows that the fine scrollbar stands for: a window around the current place, at the same relative height as on the whole device, so that
 * its thumb stands at the end when the device ends.
 */
export function lensAround(rowCount: number, heightPixels: number, row: number, visible: number): Track {
  const span = Math.min(rowCount, Math.max(visible, Math.floor(heightPixels * rowsPerLensPixel)));
  const firstRow = Math.max(0, Math.min(rowCount - span, Math.round(row + visible / 2 - span / 2)));
  return { heightPixels, firstRow, rowCount: span };
}
