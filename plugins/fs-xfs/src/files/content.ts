import type { FileContent } from '@diskwright/sdk';
import { DamagedStructureError, NotSupportedError } from '@diskwright/sdk/errors';
import type { ByteRange, ContentSegment } from '@diskwright/sdk/protocol';
import { ForkFormat } from '../structures/inode';
import type { XfsVolume } from '../volume';
import { mapFork } from './forkMap';
import type { InodeRecord } from './inodeRecord';
import { linkTarget } from './symbolicLink';

/**
 * Where the bytes of a file, a directory or a link's target are.
 * @throws NotSupportedError for a file on the realtime device, which is not this volume
 */
export async function contentOf(volume: XfsVolume, inode: InodeRecord, signal: AbortSignal): Promise<FileContent> {
  const { size, dataFork, type } = inode;
  requireOnVolume(inode);
  if (type === 'symlink') return inlineContent(await linkTarget(volume, inode, signal));
  if (type !== 'file' && type !== 'directory') return { size: 0, segments: [] };
  if (dataFork.format === ForkFormat.LOCAL) return inlineContent(dataFork.bytes.subarray(0, size));
  // The size of a directory leaves gaps out: its content is what is allocated for names.
  return { size, segments: segmentsOf(volume, inode, signal) };
}

/** Everything that is allocated for the content, unwritten blocks and those behind the end included, in the order of the file. */
export async function extentsOf(volume: XfsVolume, inode: InodeRecord, signal: AbortSignal): Promise<ByteRange[]> {
  requireOnVolume(inode);
  const { blockSize } = volume.geometry;
  const extents: ByteRange[] = [];
  for await (const { kind, block, count } of mapFork(volume, inode, inode.dataFork, signal)) {
    if (kind === 'map') continue;
    const last = extents.at(-1);
    if (last && last.offset + last.length === block * blockSize) last.length += count * blockSize;
    else extents.push({ offset: block * blockSize, length: count * blockSize });
  }
  return extents;
}

/** Bytes that stand in no block of their own. */
export function inlineContent(bytes: Buffer): FileContent {
  return { size: bytes.length, segments: bytes.length > 0 ? [{ kind: 'inline', bytes: bytes.toString('base64') }] : [] };
}

function requireOnVolume({ isRealtime, number }: InodeRecord): void {
  if (!isRealtime) return;
  throw new NotSupportedError(`the content of inode ${number} lies on the realtime device of this filesystem`, {
    todo: 'Realtime devices are not read; mount the filesystem together with its realtime device to get at this file.',
  });
}

/** Content that lies on the volume, or is zeros. */
type Run = Extract<ContentSegment, { kind: 'extent' | 'zeros' }>;

async function* segmentsOf(volume: XfsVolume, inode: InodeRecord, signal: AbortSignal): AsyncGenerator<Run, void, undefined> {
  // Extents have at most 2^21 blocks, and end at a group's end, whether the next follows or not.
  let pending: Run | null = null;
  for await (const run of runsOf(volume, inode, signal)) {
    const joined: Run | null = pending && join(pending, run);
    if (pending && !joined) yield pending;
    pending = joined ?? run;
  }
  if (pending) yield pending;
}

async function* runsOf(volume: XfsVolume, inode: InodeRecord, signal: AbortSignal): AsyncGenerator<Run, void, undefined> {
  const { size } = inode;
  const { blockSize } = volume.geometry;
  let done = 0;
  for await (const { kind, logical, block, count, isUnwritten } of mapFork(volume, inode, inode.dataFork, signal)) {
    const start = logical * blockSize;
    if (kind === 'map') continue;
    if (start >= size) break;
    if (start < done) throw new DamagedStructureError('XFS block map', `inode ${inode.number} has extents that are not in order`);
    if (start > done) yield { kind: 'zeros', length: start - done };
    const length = Math.min(count * blockSize, size - start);
    yield isUnwritten ? { kind: 'zeros', length } : { kind: 'extent', offset: block * blockSize, length };
    done = start + length;
  }
  if (done < size) yield { kind: 'zeros', length: size - done };
}

/** One segment of two that follow each other on the volume; null where they do not. */
function join(first: Run, second: Run): Run | null {
  if (first.kind === 'zeros' && second.kind === 'zeros') return { kind: 'zeros', length: first.length + second.length };
  if (first.kind !== 'extent' || second.kind !== 'extent' || first.offset + first.length !== second.offset) return null;
  return { ...first, length: first.length + second.length };
}
