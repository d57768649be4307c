import { DamagedStructureError } from '@diskwright/sdk/errors';
import { Compression } from '../compression/decompress';
import { extentPlace, fileExtent } from '../structures/inode';
import { ItemType, keyText, LARGEST, u64At } from '../trees/key';
import { findFloor, leavesBetween } from '../trees/leaves';
import type { TreeRoot } from '../trees/treeBlock';
import type { TreeBlocks } from '../trees/treeBlocks';

/** Of a file extent's item, where inline bytes begin. */
const INLINE_AT = fileExtent.size;
const CONTENT_BYTES_AT = fileExtent.range('contentBytes').offset;
const COMPRESSION_AT = fileExtent.range('compression').offset;
const KIND_AT = fileExtent.range('kind').offset;
const LOGICAL_AT = extentPlace.range('logical').offset;
const DISK_BYTES_AT = extentPlace.range('diskBytes').offset;
const SKIPPED_AT = extentPlace.range('skipped').offset;
const LENGTH_AT = extentPlace.range('length').offset;

const Kind = { INLINE: 0, REGULAR: 1, PREALLOCATED: 2 } as const;

interface Common {
  /** Where in the file it begins. */
  fileOffset: number;
  /** Bytes of the file. */
  length: number;
  compression: number;
  /** Bytes of the whole extent when decompressed. */
  contentBytes: number;
}

/** A run of a file's bytes. What no run covers is zeros. */
export type FileExtent =
  | (Common & { kind: 'inline'; bytes: Buffer })
  /** `isWritten`: false when it was only made room for. */
  | (Common & { kind: 'disk'; logical: number; diskBytes: number; skipped: number; isWritten: boolean });

/** The bytes of an inline extent that is not compressed; null for any other. */
export function inlineBytes(item: Buffer): Buffer | null {
  const isInline = item.length >= INLINE_AT && item[KIND_AT] === Kind.INLINE && item[COMPRESSION_AT] === Compression.NONE;
  return isInline ? item.subarray(INLINE_AT) : null;
}

/** An item as a run; null for a hole. @throws DamagedStructureError when it makes no sense */
export function parseExtent(fileOffset: number, item: Buffer): FileExtent | null {
  const fail = (problem: string): never => {
    throw new DamagedStructureError('btrfs file extent', `a file extent at ${fileOffset} ${problem}`);
  };
  if (item.length < INLINE_AT) return fail(`has only ${item.length} bytes`);
  if (fileOffset < 0) return fail('lies behind all files');
  const kind = item[KIND_AT]!;
  const compression = item[COMPRESSION_AT]!;
  const contentBytes = u64At(item, CONTENT_BYTES_AT);
  // Encryption, and another encoding: neither was ever made use of.
  const isPlain = item[COMPRESSION_AT + 1] === 0 && item.readUInt16LE(COMPRESSION_AT + 2) === 0;
  if (compression > Compression.ZSTD || !isPlain) return fail('is encoded in a way that is not known');
  if (kind === Kind.INLINE) {
    const bytes = item.subarray(INLINE_AT);
    const length = compression === Compression.NONE ? bytes.length : contentBytes;
    return { kind: 'inline', fileOffset, length, compression, contentBytes, bytes };
  }
  if (kind > Kind.PREALLOCATED || item.length < extentPlace.size) return fail('is of a kind that is not known');
  const [logical, diskBytes, skipped, length] = [LOGICAL_AT, DISK_BYTES_AT, SKIPPED_AT, LENGTH_AT].map((at) =>
    u64At(item, at),
  ) as [number, number, number, number];
  const isSound = [logical, diskBytes, skipped, length, contentBytes, fileOffset + length].every(
    (n) => n >= 0 && n <= Number.MAX_SAFE_INTEGER,
  );
  if (!isSound || length === 0) return fail('makes no sense');
  if (logical === 0) return null;
  const room = compression === Compression.NONE ? diskBytes : contentBytes;
  if (skipped > room - length) return fail('is longer than what it lies in');
  return {
    kind: 'disk',
    fileOffset,
    length,
    compression,
    contentBytes,
    logical,
    diskBytes,
    skipped,
    isWritten: kind === Kind.REGULAR,
  };
}

/**
 * The runs of a file that meet its bytes from `start` on, ascending, none beyond `end`; holes are left out.
 * @throws DamagedStructureError when one makes no sense, or they overlap; as `TreeBlocks.read`
 */
export async function* extentsOfFile(
  blocks: TreeBlocks,
  root: TreeRoot,
  inode: number,
  { start, end }: { start: number; end: number },
  signal: AbortSignal,
): AsyncGenerator<FileExtent, void, undefined> {
  if (start >= end) return;
  let from = { objectId: inode, type: ItemType.EXTENT_DATA, offset: start };
  if (start > 0) {
    const found = await findFloor(blocks, root, from, signal);
    const key = found?.leaf.keyAt(found.index);
    if (key?.objectId === inode && key.type === ItemType.EXTENT_DATA) from = key as typeof from;
  }
  let done = 0;
  const to = { ...from, offset: end === Infinity ? LARGEST : end - 1 };
  for await (const { leaf, first, end: last } of leavesBetween(blocks, root, from, to, signal)) {
    for (let index = first; index < last; index++) {
      const extent = parseExtent(leaf.keyAt(index).offset, leaf.itemAt(index));
      if (!extent || extent.fileOffset + extent.length <= start) continue;
      if (extent.fileOffset < done)
        throw new DamagedStructureError(
          'btrfs file extent',
          `extents of inode ${inode} overlap at ${keyText(leaf.keyAt(index))}`,
        );
      done = extent.fileOffset + extent.length;
      yield extent;
    }
  }
}
