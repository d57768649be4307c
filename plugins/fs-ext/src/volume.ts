import type { BlockSource } from '@diskwright/sdk/block';
import { DamagedStructureError } from '@diskwright/sdk/errors';
import type { ByteRange } from '@diskwright/sdk/protocol';
import type { JournalReplay } from './journal/journalReplay';
import { blockCounts, blockSizeOf, geometryOf, type Geometry } from './geometry';
import { superblock, superblockBytes, superblockOffset, type Superblock } from './structures/superblock';

/** The bytes that hold boot area and primary superblock, and no more: what is written last when the volume is copied. */
const commitBytes = 4096;

/** An ext volume whose superblock was read; everything else is read on demand. */
export interface ExtVolume {
  /** The device, or that with what its journal holds laid over it: see `withJournalReplayed`. */
  source: BlockSource;
  superblock: Superblock;
  /** The 1024 bytes that `superblock` was parsed from. */
  superblockBytes: Buffer;
  blockSize: number;
  /** Bytes the filesystem spans as its superblock says; Infinity when beyond 2^53 − 1. */
  size: number;
  /** Where things lie, or why that cannot be told. */
  geometry: Geometry | DamagedStructureError;
  /** Null where no journal was replayed, nor tried to be. */
  replay: JournalReplay | null;
}

/**
 * Reads the primary superblock.
 * @throws DamagedStructureError when there is none: volume too small, wrong magic number, impossible block size
 */
export async function readVolume(source: BlockSource, signal: AbortSignal): Promise<ExtVolume> {
  if (source.size < superblockOffset + superblockBytes)
    throw new DamagedStructureError('ext superblock', `a volume of ${source.size} bytes is too small for an ext superblock`);
  const bytes = await source.read(superblockOffset, superblockBytes, signal);
  const value = superblock.read(bytes);
  const blockSize = blockSizeOf(value);
  const size = blockCounts(value).total * blockSize;
  return {
    source,
    superblock: value,
    superblockBytes: bytes,
    blockSize,
    size: Number.isSafeInteger(size) ? size : Infinity,
    geometry: geometryOrDamage(value, bytes),
    replay: null,
  };
}

function geometryOrDamage(value: Superblock, bytes: Buffer): Geometry | DamagedStructureError {
  const { offset, length } = superblock.range('uuid');
  try {
    return geometryOf(value, bytes.subarray(offset, offset + length));
  } catch (error) {
    if (error instanceof DamagedStructureError) return error;
    throw error;
  }
}

/** The geometry. @throws DamagedStructureError when the superblock's numbers do not agree */
export function requireGeometry(volume: ExtVolume): Geometry {
  if (volume.geometry instanceof DamagedStructureError) throw volume.geometry;
  return volume.geometry;
}

/**
 * Boot area and primary superblock: the first 4 KiB. libblkid, the kernel and e2fsprogs all look for the magic number at byte 1080 and nowhere
 * else, so that without these bytes nobody takes the volume for an ext filesystem.
 */
export function commitRange(source: BlockSource): ByteRange {
  return { offset: 0, length: Math.min(commitBytes, source.size) };
}
