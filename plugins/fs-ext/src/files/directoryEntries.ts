import { type BlockSource, readInto } from '@diskwright/sdk/block';
import { DamagedStructureError } from '@diskwright/sdk/errors';
import { crc32c } from '@diskwright/sdk/struct';
import { Incompatible } from '../features';
import type { Geometry } from '../geometry';
import { InodeFlag } from '../structures/inode';
import { mapBlocks } from './blockMap';
import { inlineDataOf } from './inlineData';
import type { InodeRecord } from './inodeRecord';
import type { InodeTable } from './inodeTable';

const HEAD_BYTES = 8;
const NAME_LENGTH_AT = 6;
const TAIL_BYTES = 12;
const DOT = 0x2e;
const TAIL_TYPE = 0xde;
const READ_BYTES = 256 * 1024;
/** Bytes of a directory in an inode that hold the number of its parent. */
const INLINE_PARENT_BYTES = 4;

/** An entry of a directory as it lies on the disk; never an unused one. */
export class RawEntry {
  constructor(
    readonly inode: number,
    private readonly piece: Buffer,
    private readonly start: number,
    private readonly end: number,
  ) {}

  get name(): Buffer {
    return this.piece.subarray(this.start, this.end);
  }

  /** The name as text, whatever its bytes are. */
  get text(): string {
    return this.piece.toString('utf8', this.start, this.end);
  }

  get isDot(): boolean {
    return isDotName(this.piece, this.start, this.end);
  }
}

/** A piece of a directory that is read by itself: a block, or what lies in the inode. */
export interface DirectoryPiece {
  bytes: Buffer;
  /** From the start of the volume; null for what lies in the inode. */
  offset: number | null;
}

/** Told of an entry: its inode, and where in the bytes its name begins and ends. */
export type EntryVisitor = (inode: number, bytes: Buffer, start: number, end: number) => void;

/**
 * Goes through the entries of a piece of a directory, `.` and `..` included where they are. The inner nodes of a hashed directory look like unused entries, and
 * so does the checksum.
 * @throws DamagedStructureError at the first entry that makes no sense
 */
export function visitEntries({ bytes, offset }: DirectoryPiece, geometry: Geometry, visit: EntryVisitor): void {
  const hasType = (geometry.features.incompatible & Incompatible.FILETYPE) !== 0;
  for (let at = 0; at < bytes.length;) {
    if (bytes.length - at < HEAD_BYTES) return;
    const inode = bytes.readUInt32LE(at);
    const length = recordLength(bytes.readUInt16LE(at + 4), geometry.blockSize);
    const nameLength = hasType ? bytes[at + 6]! : bytes.readUInt16LE(at + 6);
    if (
      length < HEAD_BYTES ||
      length % 4 !== 0 ||
      length > bytes.length - at ||
      (inode !== 0 && nameLength > length - HEAD_BYTES)
    ) {
      const place = offset === null ? {} : { offset: offset + at, length: HEAD_BYTES };
      throw new DamagedStructureError(
        'ext directory entry',
        `a directory entry of ${length} bytes at ${at} makes no sense`,
        place,
      );
    }
    if (inode !== 0 && nameLength > 0) visit(inode, bytes, at + HEAD_BYTES, at + HEAD_BYTES + nameLength);
    at += length;
  }
}

/** As {@link visitEntries}, one by one. @throws as that, behind the entries that make sense */
export function* entriesIn(piece: DirectoryPiece, geometry: Geometry): Generator<RawEntry, void, undefined> {
  const entries: RawEntry[] = [];
  let damage: DamagedStructureError | null = null;
  try {
    visitEntries(piece, geometry, (...place) => entries.push(new RawEntry(...place)));
  } catch (error) {
    if (!(error instanceof DamagedStructureError)) throw error;
    damage = error;
  }
  yield* entries;
  if (damage) throw damage;
}

/** `.` and `..`, which every directory has, are no files in it. */
export function isDotName(bytes: Buffer, start: number, end: number): boolean {
  return bytes[start] === DOT && (end - start === 1 || (end - start === 2 && bytes[start + 1] === DOT));
}

/** With blocks of 64 KiB the length of an entry does not fit its field (`ext4_rec_len_from_disk`). */
function recordLength(stored: number, blockSize: number): number {
  if (blockSize < 65536) return stored;
  return stored === 0xffff || stored === 0 ? blockSize : (stored & 0xfffc) | ((stored & 3) << 16);
}

/**
 * The pieces of a directory, in order. Holes and what is behind its size are left out.
 * @param isReadOnce nobody will ask for them again soon: no cache takes them in
 * @throws DamagedStructureError when its map makes no sense; what `read` throws
 */
export async function* directoryPieces(
  table: InodeTable,
  directory: InodeRecord,
  signal: AbortSignal,
  isReadOnce = false,
): AsyncGenerator<DirectoryPiece, void, undefined> {
  const { source, geometry } = table;
  if (directory.hasFlag(InodeFlag.INLINE_DATA)) {
    const { inInode, behind } = await inlineDataOf(table, directory, signal);
    yield { bytes: inInode.subarray(INLINE_PARENT_BYTES), offset: null };
    if (behind.length > 0) yield { bytes: behind, offset: null };
    return;
  }
  const { blockSize, blocksCount } = geometry;
  const blocks = Math.ceil(directory.size / blockSize);
  // A damaged map may name the same blocks again and again.
  let left = blocksCount;
  for await (const { kind, logical, block, count } of mapBlocks(table, directory, signal)) {
    if (kind === 'map') continue;
    const wanted = Math.min(count, blocks - logical, left);
    if (wanted <= 0) return;
    left -= wanted;
    const step = Math.max(1, READ_BYTES / blockSize);
    for (let done = 0; done < wanted; done += step) {
      const some = Math.min(step, wanted - done);
      const offset = (block + done) * blockSize;
      const bytes = await (isReadOnce
        ? readFresh(source, offset, some * blockSize, signal)
        : source.read(offset, some * blockSize, signal));
      for (let at = 0; at < bytes.length; at += blockSize)
        yield { bytes: bytes.subarray(at, at + blockSize), offset: offset + at };
    }
  }
}

async function readFresh(source: BlockSource, offset: number, length: number, signal: AbortSignal): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length);
  await readInto(source, offset, bytes, signal);
  return bytes;
}

/** Number of a directory's parent, by its `..`; null when it names none. @throws what `read` throws, DamagedStructureError */
export async function parentOf(table: InodeTable, directory: InodeRecord, signal: AbortSignal): Promise<number | null> {
  if (directory.hasFlag(InodeFlag.INLINE_DATA)) return directory.block.readUInt32LE(0);
  for await (const piece of directoryPieces(table, directory, signal)) {
    for (const entry of entriesIn(piece, table.geometry)) if (entry.isDot && entry.name.length === 2) return entry.inode;
    return null;
  }
  return null;
}

/** Whether the checksum of a leaf is right; true where it has none, as inner nodes of hashed directories, which keep theirs elsewhere. */
export function isDirectoryChecksumRight({ bytes, offset }: DirectoryPiece, directory: InodeRecord, geometry: Geometry): boolean {
  if (geometry.descriptorChecksum !== 'crc32c' || offset === null || isIndexNode(bytes, directory)) return true;
  const tail = bytes.length - TAIL_BYTES;
  const isTail =
    bytes.readUInt32LE(tail) === 0 &&
    bytes.readUInt16LE(tail + 4) === TAIL_BYTES &&
    bytes.readUInt16LE(tail + 6) === TAIL_TYPE << 8;
  if (!isTail) return true;
  return bytes.readUInt32LE(tail + HEAD_BYTES) === crc32c(directory.checksumSeed(geometry), bytes.subarray(0, tail));
}

/**
 * Whether a block of a hashed directory is its root, which begins as its first block ever did, with `.`, or an inner node, which begins with an unused
 * entry as long as the block. Behind its index there may be what is left of the checksum that the block had as a leaf.
 */
function isIndexNode(bytes: Buffer, directory: InodeRecord): boolean {
  if (!directory.hasFlag(InodeFlag.INDEX)) return false;
  const isRoot = bytes.readUInt32LE(0) === directory.number && bytes[NAME_LENGTH_AT] === 1 && bytes[HEAD_BYTES] === 0x2e;
  return isRoot || (bytes.readUInt32LE(0) === 0 && isWholeBlock(bytes.readUInt16LE(4), bytes.length));
}

/** The length of an entry that is as long as the block; 64 KiB do not fit into 16 bits. */
function isWholeBlock(recordLength: number, blockSize: number): boolean {
  return recordLength === blockSize || (blockSize === 65536 && (recordLength === 0 || recordLength === 65535));
}
