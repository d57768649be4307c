import type { BlockSource } from '@diskwright/sdk/block';
import { DamagedStructureError } from '@diskwright/sdk/errors';
import type { ByteRange } from '@diskwright/sdk/protocol';
import { readSalvaged } from '@diskwright/sdk/files';
import type { RunList } from './runList';

/**
 * Bytes of what lies in runs; holes are zeros. The caller owns them.
 * @throws DamagedStructureError when a run reaches beyond the source; what `read` throws
 */
export function readPieces(
  source: BlockSource,
  runs: RunList,
  offset: number,
  length: number,
  signal: AbortSignal,
): Promise<Buffer> {
  return collect(source, runs, { offset, length }, (start, bytes) => source.read(start, bytes, signal));
}

/** The same, with zeros for sectors that cannot be read: for whoever goes through a table in which they shall hide no more than they hold. */
export function salvagePieces(
  source: BlockSource,
  runs: RunList,
  offset: number,
  length: number,
  signal: AbortSignal,
): Promise<Buffer> {
  return collect(source, runs, { offset, length }, (start, bytes) => readSalvaged(source, start, bytes, signal));
}

async function collect(
  source: BlockSource,
  runs: RunList,
  { offset, length }: ByteRange,
  read: (offset: number, length: number) => Promise<Buffer>,
): Promise<Buffer> {
  const parts: Buffer[] = [];
  for (const piece of runs.pieces(offset, length)) {
    if (piece.offset === null) parts.push(Buffer.alloc(piece.length));
    else if (piece.offset > source.size - piece.length)
      throw new DamagedStructureError('NTFS run', `a run at ${piece.offset} lies behind the end of the volume`);
    else parts.push(await read(piece.offset, piece.length));
  }
  return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
}
