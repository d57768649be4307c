import type { FileContent } from '@diskwright/sdk';
import { InvalidInputError, NotSupportedError } from '@diskwright/sdk/errors';
import type { ByteRange, ContentSegment } from '@diskwright/sdk/protocol';
import { InodeFlag } from '../structures/inode';
import { attributesOf } from './attributes';
import { mapBlocks } from './blockMap';
import { inlineDataOf } from './inlineData';
import type { InodeRecord } from './inodeRecord';
import type { InodeTable } from './inodeTable';

/**
 * Where the bytes of a file, a directory or a link's target are.
 * @throws NotSupportedError for an encrypted file, whose bytes on the disk are not its content
 */
export async function contentOf(table: InodeTable, inode: InodeRecord, signal: AbortSignal): Promise<FileContent> {
  const { size } = inode;
  if (inode.hasFlag(InodeFlag.ENCRYPT) && inode.type !== 'directory') {
    throw new NotSupportedError(`inode ${inode.number} is encrypted; without its key there is no content`, {
      todo: 'Its sectors are shown by "extents"; a clone of the volume keeps it as it is.',
    });
  }
  if (inode.isFastSymlink) return inlineContent(inode.block.subarray(0, size));
  if (inode.hasFlag(InodeFlag.INLINE_DATA)) {
    const { inInode, behind } = await inlineDataOf(table, inode, signal);
    return inlineContent(Buffer.concat([inInode, behind]), size);
  }
  if (!inode.hasBlocks) return { size: 0, segments: [] };
  return { size, segments: segmentsOf(table, inode, signal) };
}

/** The value of an extended attribute. @throws InvalidInputError when the inode has none of that name */
export async function attributeContent(
  table: InodeTable,
  inode: InodeRecord,
  name: string,
  signal: AbortSignal,
): Promise<FileContent> {
  const attribute = (await attributesOf(table, inode, signal)).find((candidate) => candidate.name === name);
  if (!attribute) throw new InvalidInputError(`inode ${inode.number} has no extended attribute ${name}`);
  if (attribute.value) return inlineContent(attribute.value);
  return contentOf(table, await table.read(attribute.valueInode, signal), signal);
}

/**
 * Everything that is allocated for the content, unwritten blocks and those behind the end included, in the order of the file. Of blocks that the journal holds
 * newer, the places that they have in the filesystem: those in the journal are nobody's.
 */
export async function extentsOf(table: InodeTable, inode: InodeRecord, signal: AbortSignal): Promise<ByteRange[]> {
  const { blockSize } = table.geometry;
  const extents: ByteRange[] = [];
  for await (const { kind, block, count } of mapBlocks(table, inode, signal)) {
    if (kind === 'map') continue;
    const last = extents.at(-1);
    if (last && last.offset + last.length === block * blockSize) last.length += count * blockSize;
    else extents.push({ offset: block * blockSize, length: count * blockSize });
  }
  return extents;
}

/** Shorter than its size says only in a damaged inode: then zeros follow. */
function inlineContent(bytes: Buffer, size = bytes.length): FileContent {
  const held = bytes.subarray(0, size);
  const segments: ContentSegment[] = held.length > 0 ? [{ kind: 'inline', bytes: held.toString('base64') }] : [];
  if (size > held.length) segments.push({ kind: 'zeros', length: size - held.length });
  return { size, segments };
}

async function* segmentsOf(
  table: InodeTable,
  inode: InodeRecord,
  signal: AbortSignal,
): AsyncGenerator<ContentSegment, void, undefined> {
  const { size } = inode;
  const { blockSize } = table.geometry;
  const joined = new SegmentJoiner();
  let done = 0;
  for await (const { kind, logical, block, count, isUnwritten } of mapBlocks(table, inode, signal)) {
    const start = logical * blockSize;
    if (kind === 'map') continue;
    if (start >= size) break;
    if (start > done) yield* joined.add({ kind: 'zeros', length: start - done });
    const length = Math.min(count * blockSize, size - start);
    if (isUnwritten) yield* joined.add({ kind: 'zeros', length });
    else for (const segment of storedSegments(table, block * blockSize, length)) yield* joined.add(segment);
    done = start + length;
  }
  if (done < size) yield* joined.add({ kind: 'zeros', length: size - done });
  yield* joined.rest();
}

/** Where stored bytes are read: in their place, or in the journal that holds them newer. */
function* storedSegments({ replayed }: InodeTable, offset: number, length: number): Generator<Stored, void, undefined> {
  if (!replayed) {
    yield { kind: 'extent', offset, length };
    return;
  }
  for (const piece of replayed.pieces(offset, length))
    yield piece.kind === 'extent' ? piece : { kind: 'inline', bytes: piece.bytes.toString('base64') };
}

type Stored = Exclude<ContentSegment, { kind: 'served' }>;
type Run = Exclude<Stored, { kind: 'inline' }>;

/** Puts segments together that follow each other on the volume: extents end at 128 MiB whether the next lies behind or not. */
class SegmentJoiner {
  private last: Run | null = null;

  *add(next: Stored): Generator<Stored, void, undefined> {
    if (next.kind === 'inline') {
      yield* this.rest();
      yield next;
      return;
    }
    const { last } = this;
    const follows =
      last?.kind === next.kind &&
      (last.kind === 'zeros' || (next.kind === 'extent' && last.offset + last.length === next.offset));
    if (last && follows) {
      last.length += next.length;
      return;
    }
    if (last) yield last;
    this.last = { ...next };
  }

  *rest(): Generator<Run, void, undefined> {
    if (this.last) yield this.last;
    this.last = null;
  }
}
