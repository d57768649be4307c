import { BrokenChainError, ClaimMap, chainRuns, type ClusterRun, rangeOfClusters } from '@diskwright/sdk/clusters';
import type { ByteRange } from '@diskwright/sdk/protocol';
import type { Reporter } from './check';
import type { FatScan } from './fatScan';
import { ENTRY_BYTES, type EntryNotes, isDirectory, type RawEntry } from './files/directoryEntries';
import type { DirectoryStart } from './files/directory';
import type { FatVolume } from './files/fatTable';
import { type FoundEntry, walkEntries } from './files/walk';
import { directoryEntry } from './structures/directoryEntry';

/** How many places a finding names. */
const MOST_RANGES = 64;
const TODO = 'repair with fsck.fat, or chkdsk on Windows, and see which files it names';

/** Goes through all directories: long names, `.` and `..`, chains and sizes, and who has which cluster, held against the FAT. */
export async function checkFiles(volume: FatVolume, scan: FatScan, report: Reporter, signal: AbortSignal): Promise<void> {
  const { geometry } = volume;
  const claimed = new ClaimMap(geometry);
  if (geometry.rootCluster !== null)
    await checkChain(volume, claimed, geometry.rootCluster, 'the root directory', [], report, signal);
  let isWhole = true;
  const notes = {
    entryNotes: (path: string, start: DirectoryStart, parent: DirectoryStart) =>
      entryNotes(volume, { path, start, parent }, report),
    onBroken: (path: string, error: Error): void => {
      isWhole = false;
      report('error', 'directory', `the directory /${path} cannot be read to its end: ${error.message}`, [], TODO);
    },
    onSeenBefore: ({ path, entry }: FoundEntry): void =>
      report('error', 'directory.twice', `the directory /${path} is in the tree twice`, placeOf(entry), TODO),
  };
  for await (const found of walkEntries(volume, null, true, signal, notes)) {
    for (const { entry, path } of found) {
      const clusters =
        entry.firstCluster === 0
          ? 0
          : await checkChain(volume, claimed, entry.firstCluster, `/${path}`, placeOf(entry), report, signal);
      checkSize(volume, { entry, path }, clusters, report);
    }
  }
  // Where gaps count as used, clusters that no file has may be free.
  if (isWhole && scan.joinedGap === 0) reportLost(volume, scan, claimed, report);
}

/** Claims the clusters of a chain. @returns how many it has; null where it makes no sense, which is told */
async function checkChain(
  { geometry, table }: FatVolume,
  claimed: ClaimMap,
  firstCluster: number,
  whose: string,
  place: ByteRange[],
  report: Reporter,
  signal: AbortSignal,
): Promise<number | null> {
  const claim = (run: ClusterRun): boolean => {
    const shared = claimed.claim(run);
    if (shared === null) return true;
    const range = rangeOfClusters(geometry, { cluster: shared, count: 1 });
    report('error', 'crossLinked', `cluster ${shared} of ${whose} is another's, too, or comes twice`, [range, ...place], TODO);
    return false;
  };
  let clusters = 0;
  try {
    for await (const run of chainRuns(table, firstCluster, signal)) {
      clusters += run.count;
      // What follows is the other's, or has come before.
      if (!claim(run)) return null;
    }
    return clusters;
  } catch (error) {
    if (!(error instanceof BrokenChainError)) throw error;
    report('error', `chain.${error.fault}`, `${whose}: ${error.message}`, place, TODO);
    return null;
  }
}

function checkSize({ geometry }: FatVolume, { entry, path }: FoundEntry, clusters: number | null, report: Reporter): void {
  if (clusters === null) return;
  if (isDirectory(entry)) {
    if (clusters === 0) report('error', 'directory.empty', `the directory /${path} has no cluster`, placeOf(entry), TODO);
    if (entry.size !== 0)
      report('warning', 'directory.size', `the directory /${path} has a size of ${entry.size}`, placeOf(entry), TODO);
    return;
  }
  const needed = Math.ceil(entry.size / geometry.clusterBytes);
  if (needed === clusters) return;
  const message = `/${path} has ${entry.size} bytes, which need ${needed} clusters, but its chain has ${clusters}`;
  report(needed > clusters ? 'error' : 'warning', 'chain.length', message, placeOf(entry), TODO);
}

function entryNotes(
  { geometry }: FatVolume,
  { path, start, parent }: { path: string; start: DirectoryStart; parent: DirectoryStart },
  report: Reporter,
): EntryNotes {
  return {
    onOrphan: (offset) => {
      const message = `in the directory /${path} pieces of a long name before ${offset} belong to no file`;
      report('warning', 'longName', message, [{ offset, length: ENTRY_BYTES }], TODO);
    },
    onDots: (offset, firstCluster, isParent) => {
      // A parent that is the root is told by 0, by some programs by its cluster.
      const up = parent === null || parent === geometry.rootCluster ? [0, geometry.rootCluster] : [parent];
      const expected = isParent ? up : [start];
      if (expected.includes(firstCluster)) return;
      const message = `${isParent ? '".."' : '"."'} of the directory /${path} leads to cluster ${firstCluster}`;
      report('warning', 'dots', message, [{ offset, length: ENTRY_BYTES }], TODO);
    },
  };
}

function reportLost({ geometry }: FatVolume, { extents }: FatScan, claimed: ClaimMap, report: Reporter): void {
  const { dataOffset, clusterBytes, clusterCount } = geometry;
  const lost: ByteRange[] = [];
  let clusters = 0;
  for (const { offset, length } of extents.within({ offset: dataOffset, length: clusterCount * clusterBytes })) {
    const run = { cluster: (offset - dataOffset) / clusterBytes + 2, count: length / clusterBytes };
    for (const part of claimed.unclaimed(run)) {
      clusters += part.count;
      if (lost.length < MOST_RANGES) lost.push(rangeOfClusters(geometry, part));
    }
  }
  if (clusters === 0) return;
  const message = `${clusters} clusters (${clusters * clusterBytes} bytes) are in use, but no file has them`;
  report('warning', 'lostClusters', message, lost, TODO);
}

const placeOf = ({ offset }: RawEntry): ByteRange[] => [{ offset, length: directoryEntry.size }];
