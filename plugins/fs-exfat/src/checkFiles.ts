import { BrokenChainError, type ClaimMap, type ClusterRun, joinedGaps, rangeOfClusters } from '@diskwright/sdk/clusters';
import { DamagedStructureError } from '@diskwright/sdk/errors';
import { ExtentList, subtract } from '@diskwright/sdk/extents';
import type { ByteRange } from '@diskwright/sdk/protocol';
import type { Reporter } from './check';
import { allocationRuns } from './files/allocationRuns';
import { type Allocation, isDirectory } from './files/entrySet';
import type { ExfatVolume } from './files/volume';
import { type FoundSet, walkSets } from './files/walk';
import { ENTRY_BYTES } from './structures/directoryEntries';
import type { Survey } from './survey';
import { UpcaseTable } from './upcase';

/** How many places a finding names. */
const MOST_RANGES = 64;

/** Goes through all directories: entry sets, names, chains, and who has which cluster, held against the bitmap. */
export async function checkFiles(
  volume: ExfatVolume,
  survey: Survey,
  claimed: ClaimMap,
  report: Reporter,
  signal: AbortSignal,
): Promise<void> {
  const { geometry } = volume;
  const table = await checkUpcase(volume, survey, report, signal);
  const unmarked: ByteRange[] = [];
  const claim = (run: ClusterRun, whose: string): void => {
    const shared = claimed.claim(run);
    if (shared !== null) {
      const message = `cluster ${shared} of ${whose} is another file's, too`;
      report('error', 'crossLinked', message, [rangeOfClusters(geometry, { cluster: shared, count: 1 })]);
    }
    if (!survey.used || unmarked.length >= MOST_RANGES) return;
    unmarked.push(...subtract(ExtentList.fromRanges([rangeOfClusters(geometry, run)]), survey.used.extents));
  };
  const claimAll = async (allocation: Allocation, whose: string, place: ByteRange[]): Promise<void> => {
    try {
      for await (const run of allocationRuns(volume, allocation, signal)) claim(run, whose);
    } catch (error) {
      if (!(error instanceof BrokenChainError)) throw error;
      if (allocation.size !== Infinity) report('error', `chain.${error.fault}`, `${whose}: ${error.message}`, place);
    }
  };
  const { bitmap, upcase } = survey.root;
  if (bitmap) await claimAll(bitmap, 'the allocation bitmap', []);
  if (upcase) await claimAll(upcase, 'the up-case table', []);
  await claimAll({ firstCluster: geometry.rootCluster, size: Infinity, isContiguous: false }, 'the root directory', []);

  let isWhole = survey.root.damage === null;
  const notes = {
    onFault: (offset: number, message: string): void =>
      report('error', 'entrySet', `the directory entry at ${offset} ${message}`, [{ offset, length: ENTRY_BYTES }]),
    onBroken: (path: string, error: Error): void => {
      isWhole = false;
      // The root's damage is told already.
      if (path !== '') report('error', 'directory', `the directory /${path} cannot be read to its end: ${error.message}`);
    },
    onSeenBefore: ({ path, set }: FoundSet): void =>
      report('error', 'directory.twice', `the directory /${path} is in the tree twice`, [
        { offset: set.offset, length: ENTRY_BYTES },
      ]),
  };
  for await (const found of walkSets(volume, null, true, signal, notes)) {
    for (const { set, path } of found) {
      const place = [{ offset: set.offset, length: ENTRY_BYTES }];
      checkSet({ set, path }, table, place, report);
      await claimAll(set, `/${path}`, place);
    }
  }
  if (unmarked.length > 0) {
    report('error', 'bitmap.unmarked', 'files have clusters that the bitmap calls free', unmarked.slice(0, MOST_RANGES));
  }
  if (survey.used && survey.used.joinedGap > 0) {
    const message = `${joinedGaps(survey.used.joinedGap)}; clusters that no file has are not looked for`;
    report('info', 'pieces', message);
  } else if (survey.used && isWhole) reportLost(volume, survey.used.extents, claimed, report);
}

function checkSet({ set, path }: FoundSet, table: UpcaseTable | null, place: ByteRange[], report: Reporter): void {
  if (!set.isChecksumRight) report('error', 'entrySet.checksum', `the checksum over the entries of /${path} is wrong`, place);
  if (set.validSize > set.size)
    report('error', 'entrySet.validSize', `of /${path} ${set.validSize} bytes were written, but it has only ${set.size}`, place);
  if (set.firstCluster !== 0 && set.size === 0)
    report('warning', 'entrySet.firstCluster', `/${path} is empty, but has cluster ${set.firstCluster}`, place);
  if (isDirectory(set) && set.size === 0) report('error', 'directory.empty', `the directory /${path} has no cluster`, place);
  if (!table) return;
  const hash = table.hashOf(set.name.raw ? set.name.raw.toString('utf16le') : set.name.text);
  if (hash === set.nameHash) return;
  const message = `the hash of the name of /${path} is 0x${set.nameHash.toString(16)}, but the name gives 0x${hash.toString(16)}`;
  report('warning', 'entrySet.nameHash', message, place);
}

async function checkUpcase(
  volume: ExfatVolume,
  { root }: Survey,
  report: Reporter,
  signal: AbortSignal,
): Promise<UpcaseTable | null> {
  if (!root.upcase) {
    report('error', 'upcase', 'the root directory has no up-case table');
    return null;
  }
  const place = [{ offset: root.upcase.offset, length: ENTRY_BYTES }];
  try {
    const table = await UpcaseTable.read(volume, root.upcase, signal);
    if (table.checksum === root.upcase.checksum) return table;
    const message = `the checksum of the up-case table is 0x${root.upcase.checksum.toString(16)}, but its bytes give 0x${table.checksum.toString(16)}`;
    report('error', 'upcase.checksum', message, place);
  } catch (error) {
    if (!(error instanceof DamagedStructureError)) throw error;
    report('error', 'upcase', `the up-case table: ${error.message}`, place);
  }
  return null;
}

/** What the bitmap calls used and nobody has: bad clusters among them, which are marked so nowhere else. */
function reportLost({ geometry }: ExfatVolume, used: ExtentList, claimed: ClaimMap, report: Reporter): void {
  const { dataOffset, clusterBytes } = geometry;
  const lost: ByteRange[] = [];
  let clusters = 0;
  for (const { offset, length } of used) {
    const run = { cluster: (offset - dataOffset) / clusterBytes + 2, count: length / clusterBytes };
    for (const part of claimed.unclaimed(run)) {
      clusters += part.count;
      if (lost.length < MOST_RANGES) lost.push(rangeOfClusters(geometry, part));
    }
  }
  if (clusters === 0) return;
  report(
    'warning',
    'lostClusters',
    `${clusters} clusters (${clusters * clusterBytes} bytes) are in use, but no file has them`,
    lost,
  );
}
