import type { FileContent } from '@diskwright/sdk';
import { BrokenChainError, chainRuns, rangeOfClusters } from '@diskwright/sdk/clusters';
import { DamagedStructureError } from '@diskwright/sdk/errors';
import type { ByteRange, ContentSegment } from '@diskwright/sdk/protocol';
import { directoryRanges, type DirectoryStart } from './directory';
import type { FatVolume } from './fatTable';
import { isDirectory, type RawEntry } from './directoryEntries';

/** Where the bytes of a file are. @throws DamagedStructureError, from the segments, where its chain ends before its size does */
export function contentOf(volume: FatVolume, entry: RawEntry, signal: AbortSignal): FileContent {
  if (entry.size === 0) return { size: 0, segments: [] };
  return { size: entry.size, segments: segmentsOf(volume, entry, signal) };
}

/** A directory's entries as they lie on the disk. @throws as {@link directoryRanges} */
export async function directoryContent(volume: FatVolume, start: DirectoryStart, signal: AbortSignal): Promise<FileContent> {
  const ranges = await directoryExtents(volume, start, signal);
  const size = ranges.reduce((sum, { length }) => sum + length, 0);
  return { size, segments: ranges.map((range) => ({ kind: 'extent', ...range })) };
}

/** Everything that is allocated for an entry, what lies behind its size included, in the order of the chain; as far as that makes sense. */
export async function extentsOf(volume: FatVolume, entry: RawEntry, signal: AbortSignal): Promise<ByteRange[]> {
  if (isDirectory(entry)) return directoryExtents(volume, entry.firstCluster, signal);
  if (entry.firstCluster === 0) return [];
  return asFarAsSound(async (extents) => {
    // A loop ends where twice the volume would have been taken.
    let left = volume.geometry.clusterCount;
    for await (const run of chainRuns(volume.table, entry.firstCluster, signal)) {
      if ((left -= run.count) < 0) return;
      extents.push(rangeOfClusters(volume.geometry, run));
    }
  });
}

/** As {@link extentsOf}, for a directory. */
export function directoryExtents(volume: FatVolume, start: DirectoryStart, signal: AbortSignal): Promise<ByteRange[]> {
  return asFarAsSound(async (extents) => {
    for await (const range of directoryRanges(volume, start, signal)) {
      const last = extents.at(-1);
      if (last && last.offset + last.length === range.offset) last.length += range.length;
      else extents.push(range);
    }
  });
}

async function asFarAsSound(collect: (extents: ByteRange[]) => Promise<void>): Promise<ByteRange[]> {
  const extents: ByteRange[] = [];
  try {
    await collect(extents);
  } catch (error) {
    if (!(error instanceof DamagedStructureError)) throw error;
  }
  return extents;
}

async function* segmentsOf(
  volume: FatVolume,
  entry: RawEntry,
  signal: AbortSignal,
): AsyncGenerator<ContentSegment, void, undefined> {
  const { size, firstCluster, offset } = entry;
  const place = { offset, length: entry.bytes.length };
  let done = 0;
  try {
    for await (const run of chainRuns(volume.table, firstCluster, signal)) {
      const range = rangeOfClusters(volume.geometry, run);
      const length = Math.min(range.length, size - done);
      yield { kind: 'extent', offset: range.offset, length };
      done += length;
      if (done === size) return;
    }
  } catch (error) {
    if (!(error instanceof BrokenChainError)) throw error;
    const message = `only ${done} of ${size} bytes of the file can be found: ${error.message}`;
    throw new DamagedStructureError('FAT chain', message, error.detail);
  }
  throw new DamagedStructureError('FAT chain', `the file has ${size} bytes, but its chain ends after ${done}`, place);
}
