import { DamagedStructureError } from '@diskwright/sdk/errors';
import { isChecksumRight } from '../checksum';
import type { Geometry } from '../geometry';
import { ForkFormat } from '../structures/inode';
import { directoryBlock } from '../structures/directoryBlock';
import type { XfsVolume } from '../volume';
import { mapFork } from './forkMap';
import type { InodeRecord } from './inodeRecord';
import { shortEntries, shortParentOf } from './shortDirectory';

/** An entry of a directory as it lies on the disk; never an unused one. */
export interface RawEntry {
  inode: number;
  name: Buffer;
  /** What the directory says of the file's type; 0 where it says nothing. */
  fileType: number;
}

/** A block of a directory, of `directoryBlockSize` bytes. */
export interface DirectoryPiece {
  bytes: Buffer;
  /** Of its first byte, from the start of the volume. */
  offset: number;
}

/** Names end before it; behind lie the hashes of names (`XFS_DIR2_LEAF_OFFSET`). */
const NAMES_END_BYTES = 2 ** 35;
const READ_BYTES = 256 * 1024;
const SHORT_HEAD_BYTES = 16;
const LONG_HEAD_BYTES = 64;
const TAIL_BYTES = 8;
const LEAF_BYTES = 8;
const UNUSED_TAG = 0xffff;
const Magic = { BLOCK: 0x58443242, BLOCK_LONG: 0x58444233, DATA: 0x58443244, DATA_LONG: 0x58444433 } as const;
const CHECKSUM_AT = directoryBlock.range('checksum').offset;
const TWO_POW_32 = 2 ** 32;

/** Told what is wrong in a block of a directory, behind the entries that make sense. */
export type OnDamage = (error: DamagedStructureError) => void;

/** All entries but `.` and `..`, as far as they make sense. @throws DamagedStructureError when the map makes no sense; what `read` throws */
export async function* rawEntries(
  volume: XfsVolume,
  directory: InodeRecord,
  signal: AbortSignal,
  onDamage?: OnDamage,
): AsyncGenerator<RawEntry[], void, undefined> {
  if (directory.dataFork.format === ForkFormat.LOCAL) {
    yield soundEntries(shortEntries(directory, volume.geometry), onDamage);
    return;
  }
  for await (const piece of directoryPieces(volume, directory, signal))
    yield soundEntries(entriesIn(piece, volume.geometry), onDamage);
}

function soundEntries(entries: Iterable<RawEntry>, onDamage?: OnDamage): RawEntry[] {
  const sound: RawEntry[] = [];
  try {
    for (const entry of entries) if (!isDot(entry.name)) sound.push(entry);
  } catch (error) {
    if (!(error instanceof DamagedStructureError)) throw error;
    onDamage?.(error);
  }
  return sound;
}

/** The blocks of a directory that hold names, in order. */
export async function* directoryPieces(
  volume: XfsVolume,
  directory: InodeRecord,
  signal: AbortSignal,
): AsyncGenerator<DirectoryPiece, void, undefined> {
  const { blockSize, blocksCount, directoryBlockSize } = volume.geometry;
  // A damaged map may name the same blocks again and again.
  let left = blocksCount;
  let begun: { bytes: Buffer; offset: number; next: number } | null = null;
  for await (const { kind, logical, block, count } of mapFork(volume, directory, directory.dataFork, signal)) {
    if (kind === 'map') continue;
    const wanted = Math.min(count, NAMES_END_BYTES / blockSize - logical, left);
    if (wanted <= 0) return;
    left -= wanted;
    const step = READ_BYTES / blockSize;
    for (let done = 0; done < wanted; done += step) {
      const some = Math.min(step, wanted - done);
      let bytes = await volume.readBlocks(block + done, some, signal);
      let offset = (block + done) * blockSize;
      // A block of a directory may lie in several pieces.
      if (begun && begun.next === logical + done) {
        bytes = Buffer.concat([begun.bytes, bytes]);
        offset = begun.offset;
      }
      const whole = bytes.length - (bytes.length % directoryBlockSize);
      for (let at = 0; at < whole; at += directoryBlockSize)
        yield { bytes: bytes.subarray(at, at + directoryBlockSize), offset: offset + at };
      begun = whole < bytes.length ? { bytes: bytes.subarray(whole), offset: offset + whole, next: logical + done + some } : null;
    }
  }
}

/**
 * The entries of a block of a directory, `.` and `..` included where they are.
 * @throws DamagedStructureError at the first entry that makes no sense, or when the block is none of a directory
 */
export function* entriesIn({ bytes, offset }: DirectoryPiece, geometry: Geometry): Generator<RawEntry, void, undefined> {
  const end = endOfEntries(bytes, offset, geometry);
  const typeBytes = geometry.hasFileTypes ? 1 : 0;
  for (let at = geometry.hasChecksums ? LONG_HEAD_BYTES : SHORT_HEAD_BYTES; at < end;) {
    const isUnused = bytes.readUInt16BE(at) === UNUSED_TAG;
    const nameLength = bytes[at + 8]!;
    const length = isUnused ? bytes.readUInt16BE(at + 2) : Math.ceil((11 + nameLength + typeBytes) / 8) * 8;
    if (length < 8 || length % 8 !== 0 || length > end - at || (!isUnused && nameLength === 0))
      throw new DamagedStructureError('XFS directory entry', `a directory entry of ${length} bytes at ${at} makes no sense`, {
        offset: offset + at,
        length: 8,
      });
    if (!isUnused) {
      const nameEnd = at + 9 + nameLength;
      yield {
        inode: bytes.readUInt32BE(at) * TWO_POW_32 + bytes.readUInt32BE(at + 4),
        name: bytes.subarray(at + 9, nameEnd),
        fileType: typeBytes > 0 ? bytes[nameEnd]! : 0,
      };
    }
    at += length;
  }
}

/** A directory of one block has the hashes of its names at its end. */
function endOfEntries(bytes: Buffer, offset: number, { hasChecksums }: Geometry): number {
  const magic = bytes.readUInt32BE(0);
  if (magic === (hasChecksums ? Magic.DATA_LONG : Magic.DATA)) return bytes.length;
  const hashes = bytes.readUInt32BE(bytes.length - TAIL_BYTES);
  const end = bytes.length - TAIL_BYTES - hashes * LEAF_BYTES;
  if (magic !== (hasChecksums ? Magic.BLOCK_LONG : Magic.BLOCK) || end < SHORT_HEAD_BYTES)
    throw new DamagedStructureError('XFS directory', 'a block of a directory has a wrong magic number', { offset, length: 4 });
  return end;
}

/** Number of a directory's parent, by its `..`; null when it names none. @throws what `read` throws, DamagedStructureError */
export async function parentOf(volume: XfsVolume, directory: InodeRecord, signal: AbortSignal): Promise<number | null> {
  if (directory.dataFork.format === ForkFormat.LOCAL) return shortParentOf(directory);
  for await (const piece of directoryPieces(volume, directory, signal)) {
    for (const { inode, name } of entriesIn(piece, volume.geometry)) if (name.length === 2 && isDot(name)) return inode;
    return null;
  }
  return null;
}

/** Whether the checksum of a block is right; true where it has none. */
export function isDirectoryChecksumRight({ bytes }: DirectoryPiece, { hasChecksums }: Geometry): boolean {
  return !hasChecksums || isChecksumRight(bytes, CHECKSUM_AT);
}

/** `.` or `..`. */
function isDot(name: Buffer): boolean {
  return name[0] === 0x2e && (name.length === 1 || (name.length === 2 && name[1] === 0x2e));
}
