import type { ExtentList } from '@diskwright/sdk/extents';
import type { ByteRange } from '@diskwright/sdk/protocol';

/** How full the cells of a range are. */
export interface FilledCells {
  /** A byte a cell, 0 (all free) … 255 (all used); anything used is at least 1, anything free at most 254. */
  cells: Uint8Array;
  /** Bytes of the range that are used. */
  usedBytes: number;
}

/** Extents and cells that are gone through at once: below a millisecond, so that nothing else waits. */
const SLICE = 16_384;

/** The size of a cell by which at most `cells` of them cover a range: whole blocks where the block size is known. The last may be shorter. */
export function cellSize(range: ByteRange, cells: number, blockSize: number | null): number {
  const unit = blockSize ?? 1;
  return Math.max(unit, Math.ceil(range.length / cells / unit) * unit);
}

/**
 * How full each cell of `range` is by a list of used extents. Gives way to others after every few thousand extents.
 * @throws what `signal` was aborted with
 */
export async function fillCells(
  extents: ExtentList,
  range: ByteRange,
  cellBytes: number,
  signal?: AbortSignal,
): Promise<FilledCells> {
  const end = range.offset + range.length;
  const cells = new Uint8Array(Math.ceil(range.length / cellBytes));
  let index = extents.indexFrom(range.offset);
  let usedBytes = 0;
  let steps = 0;
  for (let cell = 0; cell < cells.length; cell++) {
    const from = range.offset + cell * cellBytes;
    const to = Math.min(from + cellBytes, end);
    let used = 0;
    // An extent that reaches beyond the cell is looked at again for the next one.
    for (; index < extents.count && extents.offsetAt(index) < to; index++) {
      used += Math.min(extents.endAt(index), to) - Math.max(extents.offsetAt(index), from);
      if (extents.endAt(index) > to) break;
      if (++steps % SLICE === 0) await giveWay(signal);
    }
    cells[cell] = fullness(used, to - from);
    usedBytes += used;
    if (++steps % SLICE === 0) await giveWay(signal);
  }
  return { cells, usedBytes };
}

function fullness(used: number, of: number): number {
  if (used === 0) return 0;
  if (used === of) return 255;
  return Math.min(254, Math.max(1, Math.round((used / of) * 255)));
}

async function giveWay(signal?: AbortSignal): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  signal?.throwIfAborted();
}
