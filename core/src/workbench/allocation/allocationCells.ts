import type { ByteRange } from '@diskwright/sdk/protocol';
import type { WorkbenchResult } from '../../common/workbench';
import { decodeBase64 } from '../widgets/shared/base64';

export type AllocationMapAnswer = WorkbenchResult<'volumes/allocationMap'>;

/** An allocation map as it is drawn. Offsets count from the volume's start. */
export interface AllocationCells {
  range: ByteRange;
  cellBytes: number;
  /** How full each cell is, 0 … 255. */
  used: Uint8Array;
}

/** Null when the allocation is unknown. */
export function cellsOf({ range, cellBytes, used }: AllocationMapAnswer): AllocationCells | null {
  return used === null ? null : { range, cellBytes, used: decodeBase64(used) };
}

/** What a cell stands for; the last one may be shorter. */
export function cellRange({ range, cellBytes }: AllocationCells, cell: number): ByteRange {
  const offset = range.offset + cell * cellBytes;
  return { offset, length: Math.min(cellBytes, range.offset + range.length - offset) };
}

/** `< 1 %`, `12 %`, `> 99 %`: neither all nor nothing unless it is. */
export function fullness(value: number): string {
  if (value === 0) return 'all free';
  if (value === 255) return 'all used';
  const percent = (value / 255) * 100;
  return percent < 1 ? '< 1 % used' : percent > 99 ? '> 99 % used' : `${Math.round(percent)} % used`;
}

/** The map in at most `rows` equal ranges, for reading. `used` is the mean, 0 … 255, never rounded to all or nothing. */
export function summary(cells: AllocationCells, rows: number): (ByteRange & { used: number })[] {
  const per = Math.ceil(cells.used.length / rows);
  const result: (ByteRange & { used: number })[] = [];
  for (let first = 0; first < cells.used.length; first += per) {
    const part = cells.used.subarray(first, first + per);
    const { offset } = cellRange(cells, first);
    const last = cellRange(cells, first + part.length - 1);
    const mean = part.reduce((sum, value) => sum + value, 0) / part.length;
    const used = mean > 0 && mean < 255 ? Math.min(254, Math.max(1, Math.round(mean))) : mean;
    result.push({ offset, length: last.offset + last.length - offset, used });
  }
  return result;
}

/** A range `factor` times as long around `anchor`, whole blocks, within the volume of `size` bytes. */
export function zoomedRange(range: ByteRange, factor: number, anchor: number, size: number, block: number): ByteRange {
  const length = Math.min(size, Math.max(block, Math.round((range.length * factor) / block) * block));
  const share = range.length === 0 ? 0 : (anchor - range.offset) / range.length;
  const wanted = Math.round((anchor - share * length) / block) * block;
  const offset = Math.max(0, Math.min(wanted, size - length));
  return { offset, length };
}
