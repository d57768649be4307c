import type { LeasedSource } from '@diskwright/sdk';

const READ_BYTES = 1024 * 1024;

/** How a device is cut into pieces of equal size; the last one may be shorter. */
export interface Pieces {
  pieceBytes: number;
  count: number;
}

export function piecesOf({ size, sectorSize }: LeasedSource, wanted: number): Pieces {
  const pieceBytes = Math.max(sectorSize, Math.ceil(size / wanted));
  return { pieceBytes, count: Math.ceil(size / pieceBytes) };
}

/** Whether a piece holds only zeros. */
export async function isEmpty(
  source: LeasedSource,
  piece: number,
  { pieceBytes }: Pieces,
  signal: AbortSignal,
): Promise<boolean> {
  const end = Math.min((piece + 1) * pieceBytes, source.size);
  for (let at = piece * pieceBytes; at < end; at += READ_BYTES) {
    const bytes = await source.read(at, Math.min(READ_BYTES, end - at), signal);
    if (bytes.some((byte) => byte !== 0)) return false;
  }
  return true;
}
