import { type ClusterRun, chainRuns, rangeOfClusters } from '@diskwright/sdk/clusters';
import { DamagedStructureError } from '@diskwright/sdk/errors';
import type { ByteRange } from '@diskwright/sdk/protocol';
import { allocationRuns } from './allocationRuns';
import { type Allocation, type DirectoryNotes, DirectoryParser, type EntrySet } from './entrySet';
import type { ExfatVolume } from './volume';

/** Read at once. */
const PIECE_BYTES = 1024 * 1024;
/** What the specification allows a directory. */
const MOST_BYTES = 256 * 1024 * 1024;

/** Which directory: null is the root, which keeps no size. */
export type DirectoryStart = Allocation | null;

/**
 * Where a directory lies, in its order, in pieces of at most 1 MiB.
 * @throws BrokenChainError behind the last piece that makes sense; DamagedStructureError for a directory without an end
 */
export async function* directoryRanges(
  volume: ExfatVolume,
  start: DirectoryStart,
  signal: AbortSignal,
): AsyncGenerator<ByteRange, void, undefined> {
  const { geometry, table } = volume;
  const runs: AsyncIterable<ClusterRun> = start
    ? allocationRuns(volume, start, signal)
    : chainRuns(table, geometry.rootCluster, signal);
  let left = Math.min(MOST_BYTES, start ? start.size : geometry.clusterCount * geometry.clusterBytes);
  for await (const run of runs) {
    const { offset, length } = rangeOfClusters(geometry, run);
    for (let done = 0; done < length && left > 0; done += PIECE_BYTES) {
      const piece = { offset: offset + done, length: Math.min(PIECE_BYTES, length - done, left) };
      yield piece;
      left -= piece.length;
    }
    if (left <= 0) break;
  }
  const isLonger = start ? start.size > MOST_BYTES : left <= 0;
  if (isLonger) throw new DamagedStructureError('exFAT directory', `a directory has more than ${MOST_BYTES} bytes, or no end`);
}

/**
 * The files in a directory, a list for each piece read, as far as they make sense.
 * @throws as {@link directoryRanges}, behind the last entry; what `read` of the source throws
 */
export async function* directorySets(
  volume: ExfatVolume,
  start: DirectoryStart,
  signal: AbortSignal,
  notes?: DirectoryNotes,
): AsyncGenerator<EntrySet[], void, undefined> {
  const parser = new DirectoryParser(notes);
  for await (const { offset, length } of directoryRanges(volume, start, signal)) {
    yield [...parser.setsIn(await volume.source.read(offset, length, signal), offset)];
    if (parser.isAtEnd) return;
  }
}
