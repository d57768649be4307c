import { DamagedStructureError } from '@diskwright/sdk/errors';
import { walkBitmap } from '@diskwright/sdk/extents';
import type { Attribute } from '../records/attribute';
import type { MasterFileTable } from '../records/masterFileTable';
import { readPieces } from '../records/readPieces';
import { bytesBeforeHole } from '../records/runList';
import { SystemRecord, systemData } from '../records/systemData';

const PIECE_BYTES = 4 * 1024 * 1024;

/** The content of $Bitmap, a bit for each cluster. @throws DamagedStructureError when it is too short or its place makes no sense; what `read` throws */
export async function openBitmap(table: MasterFileTable, signal: AbortSignal): Promise<Attribute> {
  const bitmap = await systemData(table, SystemRecord.BITMAP, signal);
  const needed = Math.ceil(table.volume.totalClusters / 8);
  if (bitmap.size < needed || bitmap.initializedSize < needed)
    throw new DamagedStructureError('NTFS bitmap', `$Bitmap has ${bitmap.size} bytes for ${table.volume.totalClusters} clusters`);
  // A hole would read as free clusters, and there is none in a $Bitmap that Windows wrote; nor is that compressed.
  if (!bitmap.value && (bitmap.unitClusters > 0 || bytesBeforeHole(bitmap.runs!) < needed))
    throw new DamagedStructureError('NTFS bitmap', '$Bitmap has no place for all of its bytes');
  return bitmap;
}

/**
 * Calls `used` for each run of clusters in use that meets `[first, end)`, ascending, in pieces.
 * @returns the number of free clusters among them
 * @throws what `read` throws
 */
export async function walkClusters(
  table: MasterFileTable,
  bitmap: Attribute,
  { first, end }: { first: number; end: number },
  signal: AbortSignal,
  used: (first: number, count: number) => void,
): Promise<number> {
  let free = 0;
  const lastByte = Math.ceil(end / 8);
  for (let start = Math.floor(first / 8); start < lastByte; start += PIECE_BYTES) {
    signal.throwIfAborted();
    const length = Math.min(PIECE_BYTES, lastByte - start);
    const bytes = bitmap.value
      ? Buffer.from(bitmap.value.subarray(start, start + length))
      : await readPieces(table.source, bitmap.runs!, start, length, signal);
    free += walkBitmap(bytes, Math.min(length * 8, end - start * 8), (bit, count) => used(start * 8 + bit, count));
  }
  return free;
}
