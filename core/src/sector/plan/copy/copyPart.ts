import type { SharedReader } from '@diskwright/native';
import type { ExtentList } from '@diskwright/sdk/extents';
import type { ByteRange } from '@diskwright/sdk/protocol';
import type { ErrorPolicy } from '../../../common/jobs/errorPolicy';
import type { BlockNode, WritableNode } from '../../nodes/blockNode';
import type { ProgressMeter } from '../progressMeter';
import type { DeviceDescriptor } from './transfers';

/** A part of a copy: extents of at most a few GiB from one device to another. Extents are relative to both offsets. */
export interface PartCopy {
  source: BlockNode;
  sourceOffset: number;
  /** Where the engine finds the source's bytes; null when they are read through the node. */
  from: DeviceDescriptor | null;
  target: WritableNode;
  targetOffset: number;
  to: DeviceDescriptor | null;
  extents: ExtentList;
  /** Bytes that are read, hashed and written at once; each extent is cut from its start. */
  chunkBytes: number;
  /** The target reads as zeros in all of the extents, so zeros need not be written. */
  targetIsZero: boolean;
  /** The target is read as well, and what stands there already is not written. */
  keepsEqual: boolean;
  /** What is read is hashed. */
  hashes: boolean;
  /** What is done about an unreadable sector: tried again, then the copy ends, or zeros are written and it is reported. */
  onError: ErrorPolicy;
  /** What is known to be bad, relative as the extents are: read after all else. */
  suspects: ExtentList;
  /** What is not even tried: reported as it stands. */
  givenUp: ExtentList;
  /** Reads that are shared with other jobs; null when this one reads for itself. */
  sharedReader: SharedReader | null;
  progress: ProgressMeter;
  signal: AbortSignal | undefined;
}

/** What became of a part that was copied to its end. */
export interface PartResult {
  /** Unreadable ranges of the source device, ascending, at most {@link MAX_HOLES}; zeros stand on the target. */
  holes: ByteRange[];
  /** Of all unreadable ranges, listed or not. */
  holeBytes: number;
  /** Bytes that stood on the target before and were not written; 0 unless it was compared. */
  bytesUnchanged: number;
  /** BLAKE3 over the BLAKE3 hashes of all chunks, 32 bytes; empty, as are those of the chunks, where nothing was hashed. */
  blake3: Buffer;
  /** The first 16 bytes of the BLAKE3 of each chunk, in the order of the extents. */
  chunkHashes: Buffer;
  /** It shares the source's blocks and was not read: both hashes are empty. */
  reflinked?: true;
}

/** As many unreadable ranges of a part are listed, as by the native engine; the rest is only counted. */
export const MAX_HOLES = 65_536;
/** Bytes of a chunk's hash that are kept for the verification. */
export const CHUNK_HASH_BYTES = 16;
/** Bytes of a BLAKE3 hash. */
export const HASH_BYTES = 32;

/** The part of each chunk's hash that is kept. */
export function shortenHashes(hashes: Buffer): Buffer {
  const shortened = Buffer.alloc((hashes.length / HASH_BYTES) * CHUNK_HASH_BYTES);
  for (let index = 0; index * HASH_BYTES < hashes.length; index++) {
    hashes.copy(shortened, index * CHUNK_HASH_BYTES, index * HASH_BYTES, index * HASH_BYTES + CHUNK_HASH_BYTES);
  }
  return shortened;
}
