import type { FileContent } from '@diskwright/sdk';
import { BrokenChainError, rangeOfClusters } from '@diskwright/sdk/clusters';
import { DamagedStructureError } from '@diskwright/sdk/errors';
import type { ByteRange, ContentSegment } from '@diskwright/sdk/protocol';
import { allocationRuns } from './allocationRuns';
import { directoryRanges, type DirectoryStart } from './directory';
import { type EntrySet, isDirectory } from './entrySet';
import type { ExfatVolume } from './volume';

/** Where the bytes of a file are; behind those that were written there are zeros. @throws DamagedStructureError for a size that cannot be; from the segments,
 * where the clusters end before the size does */
export function contentOf(volume: ExfatVolume, set: EntrySet, signal: AbortSignal): FileContent {
  const { geometry } = volume;
  if (set.size > geometry.clusterCount * geometry.clusterBytes)
    throw new DamagedStructureError('exFAT stream extension entry', `a file of ${set.size} bytes is larger than its volume`, {
      offset: set.streamOffset,
    });
  return { size: set.size, segments: segmentsOf(volume, set, signal) };
}

/** A directory's entries as they lie on the disk, as far as they make sense. */
export async function directoryContent(volume: ExfatVolume, start: DirectoryStart, signal: AbortSignal): Promise<FileContent> {
  const ranges = await directoryExtents(volume, start, signal);
  const size = ranges.reduce((sum, { length }) => sum + length, 0);
  return { size, segments: ranges.map((range) => ({ kind: 'extent', ...range })) };
}

/** Everything that is allocated, in the order of the file; as far as that makes sense. */
export async function extentsOf(volume: ExfatVolume, set: EntrySet, signal: AbortSignal): Promise<ByteRange[]> {
  if (isDirectory(set)) return directoryExtents(volume, set, signal);
  return asFarAsSound(async (extents) => {
    for await (const run of allocationRuns(volume, set, signal)) extents.push(rangeOfClusters(volume.geometry, run));
  });
}

/** As {@link extentsOf}, for a directory. */
export function directoryExtents(volume: ExfatVolume, start: DirectoryStart, signal: AbortSignal): Promise<ByteRange[]> {
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
  volume: ExfatVolume,
  set: EntrySet,
  signal: AbortSignal,
): AsyncGenerator<ContentSegment, void, undefined> {
  const { size } = set;
  const valid = Math.min(set.validSize, size);
  let done = 0;
  try {
    for await (const run of allocationRuns(volume, set, signal)) {
      const { offset, length } = rangeOfClusters(volume.geometry, run);
      const written = Math.min(length, valid - done);
      if (written <= 0) break;
      yield { kind: 'extent', offset, length: written };
      done += written;
    }
  } catch (error) {
    if (!(error instanceof BrokenChainError)) throw error;
    // Where no bytes of the clusters are wanted, it does not matter that they cannot be found.
    const message = `only ${done} of ${size} bytes of the file can be found: ${error.message}`;
    if (done < valid)
      throw new DamagedStructureError('exFAT stream extension entry', message, { offset: set.streamOffset, ...error.detail });
  }
  if (size > valid) yield { kind: 'zeros', length: size - valid };
}
