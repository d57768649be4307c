import type { ByteRange } from '@diskwright/sdk/protocol';

/** The byte with the cursor, and where a selection began; without one, the byte alone is meant. */
export interface Selection {
  readonly cursor: number;
  readonly anchor: number | null;
}

/** The selected bytes, the cursor's among them: never empty. */
export function selectedRange({ cursor, anchor }: Selection): ByteRange {
  if (anchor === null) return { offset: cursor, length: 1 };
  return { offset: Math.min(anchor, cursor), length: Math.abs(cursor - anchor) + 1 };
}

/** A selection of a whole range with the cursor on its first byte; an empty range is the cursor alone. */
export function selectionOf({ offset, length }: ByteRange): Selection {
  return length <= 1 ? { cursor: offset, anchor: null } : { cursor: offset, anchor: offset + length - 1 };
}

/** The cursor moved to another byte; `extend` keeps or begins a selection, as Shift does. */
export function moved(selection: Selection, cursor: number, extend: boolean): Selection {
  if (!extend) return { cursor, anchor: null };
  return { cursor, anchor: selection.anchor ?? selection.cursor };
}

/** How far the keys go. */
export interface MoveContext {
  size: number;
  bytesPerRow: number;
  rowsPerPage: number;
  sectorSize: number;
}

export type Motion =
  'left' | 'right' | 'up' | 'down' | 'pageUp' | 'pageDown' | 'sectorUp' | 'sectorDown' | 'rowStart' | 'rowEnd' | 'start' | 'end';

/** Where a motion leads from a byte. Whole rows and pages keep the column; what would leave the device stays at its edge. */
export function target(cursor: number, motion: Motion, { size, bytesPerRow, rowsPerPage, sectorSize }: MoveContext): number {
  const last = Math.max(0, size - 1);
  const column = cursor % bytesPerRow;
  const step = (bytes: number): number => {
    const next = cursor + bytes;
    if (next < 0) return Math.abs(bytes) >= bytesPerRow ? column : 0;
    if (next <= last) return next;
    // The last row that has this column.
    const lastInColumn = last - ((((last - column) % bytesPerRow) + bytesPerRow) % bytesPerRow);
    return Math.abs(bytes) >= bytesPerRow ? Math.max(cursor, lastInColumn) : last;
  };
  switch (motion) {
    case 'left':
      return step(-1);
    case 'right':
      return step(1);
    case 'up':
      return cursor < bytesPerRow ? cursor : cursor - bytesPerRow;
    case 'down':
      return cursor + bytesPerRow > last ? cursor : cursor + bytesPerRow;
    case 'pageUp':
      return step(-bytesPerRow * rowsPerPage);
    case 'pageDown':
      return step(bytesPerRow * rowsPerPage);
    case 'sectorUp':
      return Math.max(0, (Math.ceil(cursor / sectorSize) - 1) * sectorSize);
    case 'sectorDown':
      return Math.min(Math.floor(last / sectorSize) * sectorSize, (Math.floor(cursor / sectorSize) + 1) * sectorSize);
    case 'rowStart':
      return cursor - column;
    case 'rowEnd':
      return Math.min(last, cursor - column + bytesPerRow - 1);
    case 'start':
      return 0;
    case 'end':
      return last;
  }
}
