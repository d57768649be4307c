import type { ProblemList } from '@diskwright/sdk';
import { MediaError } from '@diskwright/sdk/errors';
import { survey } from '../survey';
import { isMissing, type Missing } from '../trees/orNull';
import type { BtrfsVolume } from '../volume';
import { findDataProblems } from './dataProblems';
import { findFreeSpaceProblems } from './freeSpaceProblems';
import { findNameProblems } from './nameProblems';
import { findTreeBlockProblems } from './treeBlockProblems';

const looks: readonly ((volume: BtrfsVolume, problems: ProblemList, signal: AbortSignal) => Promise<void>)[] = [
  findTreeBlockProblems,
  findFreeSpaceProblems,
  findNameProblems,
  findDataProblems,
];

/** All that reading alone can tell. Of a filesystem on several devices no more than what it is. */
export async function findProblems(volume: BtrfsVolume, signal: AbortSignal): Promise<ProblemList> {
  const { problems } = await survey(volume, true, signal);
  if (volume.size > volume.source.size || volume.isOnSeveralDevices || problems.has('btrfs.chunks')) return problems;
  for (const look of looks) {
    try {
      await look(volume, problems, signal);
    } catch (error) {
      if (error instanceof MediaError) continue;
      if (!isMissing(error)) throw error;
      addProblem(error, problems);
    }
  }
  return problems;
}

function addProblem({ message, detail }: Missing, problems: ProblemList): void {
  problems.add({
    severity: 'error',
    code: 'btrfs.tree',
    effect: 'none',
    message: `${message.charAt(0).toUpperCase()}${message.slice(1)}.`,
    ranges: detail.offset === undefined ? [] : [{ offset: detail.offset, length: detail.length ?? 1 }],
    todo: 'Run btrfs check --readonly on the unmounted filesystem to see what is wrong.',
  });
}
