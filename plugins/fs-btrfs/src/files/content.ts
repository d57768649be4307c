import type { FileContent } from '@diskwright/sdk';
import type { ByteRange, ContentSegment } from '@diskwright/sdk/protocol';
import type { ChunkMap } from '../chunks/chunkMap';
import { Compression, decompress } from '../compression/decompress';
import type { BtrfsVolume } from '../volume';
import { extentsOfFile, type FileExtent } from './fileExtents';
import type { InodeRecord } from './inodeRecord';
import type { InodeTable } from './inodeTable';

type Segment = ContentSegment;

/** Where the bytes of a file or a link's target are. What is compressed is `served`, but for the few bytes that lie in a tree block. */
export async function contentOf(table: InodeTable, record: InodeRecord, signal: AbortSignal): Promise<FileContent> {
  const { type, size } = record;
  if (type !== 'file' && type !== 'symlink') return { size: 0, segments: [] };
  return { size, segments: joined(segmentsOf(table, record, signal)) };
}

/** Bytes that stand in no extent of their own. */
export function inlineContent(bytes: Buffer): FileContent {
  return { size: bytes.length, segments: bytes.length > 0 ? [inlineSegment(bytes)] : [] };
}

/**
 * What is allocated for the content, preallocated and compressed extents included, in the order of the file: of each, what the file uses of it, and of a
 * compressed one all. Of data with two copies the first.
 */
export async function extentsOf(table: InodeTable, record: InodeRecord, signal: AbortSignal): Promise<ByteRange[]> {
  const { blocks } = await table.volume.open(signal);
  const root = await table.rootOf(record.tree, signal);
  const extents: ByteRange[] = [];
  for await (const extent of extentsOfFile(blocks, root, record.inode, { start: 0, end: Infinity }, signal)) {
    if (extent.kind === 'inline') continue;
    for (const { offset, length } of diskPieces(blocks.chunks, extent)) {
      const last = extents.at(-1);
      const isSame = last && extent.compression !== Compression.NONE && last.offset === offset && last.length === length;
      if (last && last.offset + last.length === offset) last.length += length;
      else if (!isSame) extents.push({ offset, length });
    }
  }
  return extents;
}

/** Where what a file uses of an extent lies. @throws as `ChunkMap.copiesOf` */
function diskPieces(chunks: ChunkMap, extent: Extract<FileExtent, { kind: 'disk' }>): ByteRange[] {
  if (extent.compression !== Compression.NONE) return chunks.piecesOf(extent.logical, extent.diskBytes);
  return chunks.piecesOf(extent.logical + extent.skipped, extent.length);
}

async function* segmentsOf(
  table: InodeTable,
  record: InodeRecord,
  signal: AbortSignal,
): AsyncGenerator<Segment, void, undefined> {
  const { blocks } = await table.volume.open(signal);
  const root = await table.rootOf(record.tree, signal);
  const { size } = record;
  let done = 0;
  for await (const extent of extentsOfFile(blocks, root, record.inode, { start: 0, end: size }, signal)) {
    if (extent.fileOffset > done) yield { kind: 'zeros', length: extent.fileOffset - done };
    const length = Math.min(extent.length, size - extent.fileOffset);
    if (extent.kind === 'inline') yield inlineSegment((await inlineContentOf(table.volume, extent)).subarray(0, length));
    else if (!extent.isWritten) yield { kind: 'zeros', length };
    else if (extent.compression !== Compression.NONE) yield { kind: 'served', length };
    else for (const piece of blocks.chunks.piecesOf(extent.logical + extent.skipped, length)) yield { kind: 'extent', ...piece };
    done = extent.fileOffset + length;
  }
  if (done < size) yield { kind: 'zeros', length: size - done };
}

/** The bytes of an inline extent, decompressed. @throws DamagedStructureError */
export async function inlineContentOf(
  { sectorSize }: BtrfsVolume,
  extent: Extract<FileExtent, { kind: 'inline' }>,
): Promise<Buffer> {
  return extent.compression === Compression.NONE ? extent.bytes : decompress(extent, sectorSize);
}

function inlineSegment(bytes: Buffer): Segment {
  return { kind: 'inline', bytes: bytes.toString('base64') };
}

/** Puts segments together that continue each other. */
async function* joined(segments: AsyncIterable<Segment>): AsyncGenerator<Segment, void, undefined> {
  let pending: Segment | null = null;
  for await (const next of segments) {
    const both: Segment | null = pending && join(pending, next);
    if (pending && !both) yield pending;
    pending = both ?? next;
  }
  if (pending) yield pending;
}

/** One segment of two that follow each other; null where they do not. */
function join(first: Segment, second: Segment): Segment | null {
  if (first.kind === 'inline' || second.kind === 'inline' || first.kind !== second.kind) return null;
  const length = first.length + second.length;
  if (first.kind !== 'extent') return { kind: first.kind, length };
  return second.kind === 'extent' && first.offset + first.length === second.offset ? { ...first, length } : null;
}
