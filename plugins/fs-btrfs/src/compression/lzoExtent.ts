import { decompressLzo1x } from './lzo1x';

const LENGTH_BYTES = 4;

/**
 * Decompresses an extent that btrfs compressed with LZO: the length of all, then pieces of a sector each with a length in front, which is never split by the
 * end of a sector.
 * @returns what it holds, at most `maximumBytes`; null when it makes no sense
 */
export function decompressLzoExtent(input: Buffer, maximumBytes: number, sectorSize: number): Buffer | null {
  if (input.length < LENGTH_BYTES) return null;
  const total = input.readUInt32LE(0);
  if (total > input.length) return null;
  const pieces: Buffer[] = [];
  let done = 0;
  for (let at = LENGTH_BYTES; at < total && done < maximumBytes;) {
    const leftInSector = sectorSize - (at % sectorSize);
    if (leftInSector < LENGTH_BYTES) at += leftInSector;
    if (at + LENGTH_BYTES > total) break;
    const length = input.readUInt32LE(at);
    at += LENGTH_BYTES;
    if (length === 0 || length > total - at) return null;
    const piece = decompressLzo1x(input.subarray(at, at + length), sectorSize);
    if (!piece) return null;
    pieces.push(piece);
    done += piece.length;
    at += length;
  }
  return Buffer.concat(pieces, Math.min(done, maximumBytes));
}
