import { DamagedStructureError, NotSupportedError } from '@diskwright/sdk/errors';
import type { Attribute } from '../records/attribute';
import { requireWhole } from '../records/attributes';
import type { MasterFileTable } from '../records/masterFileTable';
import { readPieces } from '../records/readPieces';
import { ReparseTag } from './reparsePoint';

/** The stream that holds the compressed content. */
export const OVERLAY_STREAM = 'WofCompressedData';
const FILE_PROVIDER = 2;
const HEADER_BYTES = 8;

export type OverlayAlgorithm = 'XPRESS4K' | 'LZX' | 'XPRESS8K' | 'XPRESS16K';
const algorithms: [OverlayAlgorithm, chunkBytes: number][] = [
  ['XPRESS4K', 4096],
  ['LZX', 32768],
  ['XPRESS8K', 8192],
  ['XPRESS16K', 16384],
];

/** A file whose content the Windows overlay filter (WOF) compressed: chunks of equal size, and where each begins. */
export interface Overlay {
  algorithm: OverlayAlgorithm;
  /** Bytes of a chunk before it was compressed. */
  chunkBytes: number;
  /** Bytes of the content. */
  size: number;
  stream: Attribute;
}

/**
 * What a file that the overlay filter compressed is made of; null for a file whose reparse point is another.
 * @throws NotSupportedError when its content is in a WIM archive elsewhere, or in a form that is not known; DamagedStructureError when its parts are missing
 */
export async function readOverlay(
  table: MasterFileTable,
  record: number,
  unnamed: Attribute,
  reparse: Attribute,
  streams: readonly Attribute[],
  signal: AbortSignal,
): Promise<Overlay | null> {
  requireWhole(reparse, record);
  const length = Math.min(reparse.size, 64);
  const value = reparse.value ?? (await readPieces(table.source, reparse.runs!, 0, length, signal));
  if (value.length < HEADER_BYTES || value.readUInt32LE(0) !== ReparseTag.WOF) return null;
  const algorithm = value.length >= HEADER_BYTES + 16 ? algorithms[value.readUInt32LE(HEADER_BYTES + 12)] : undefined;
  if (!algorithm || value.readUInt32LE(HEADER_BYTES + 4) !== FILE_PROVIDER) {
    throw new NotSupportedError(
      `the content of file record ${record} is not on the volume, or packed in a way that is not known`,
      {
        todo: 'Windows keeps it in an archive (WIM) that the reparse point names.',
      },
    );
  }
  const stream = streams.find(({ name }) => name === OVERLAY_STREAM);
  if (!stream) throw new DamagedStructureError('NTFS compressed file', `file record ${record} has no stream ${OVERLAY_STREAM}`);
  requireWhole(stream, record);
  return { algorithm: algorithm[0], chunkBytes: algorithm[1], size: unnamed.size, stream };
}
