import type { ProblemList } from '@diskwright/sdk';
import { DamagedStructureError } from '@diskwright/sdk/errors';
import { readOrNull } from '@diskwright/sdk/files';
import { safeNumber } from '@diskwright/sdk/struct';
import { readFreeList, readFreeSpaceHeader } from '../groups/groupHeaders';
import { groupTrees } from '../groups/groupTrees';
import { walkTree } from '../groups/groupTree';
import { Features2 } from '../features';
import { superblock } from '../structures/superblock';
import { freeByBlock } from '../structures/treeBlock';
import type { XfsVolume } from '../volume';

const todo = 'Run xfs_repair -n on the filesystem to see what it would mend.';

/** Walks the trees of all groups, but for the one that the allocation was made from, and compares the counts of free blocks. */
export async function findGroupProblems(volume: XfsVolume, problems: ProblemList, signal: AbortSignal): Promise<void> {
  let free: number | null = 0;
  for (let group = 0; group < volume.geometry.groupsCount; group++) {
    signal.throwIfAborted();
    const problem = (error: DamagedStructureError): void => addProblem(error, problems);
    await attempt(async () => {
      const header = await readFreeSpaceHeader(volume, group, signal);
      if (free !== null) free += header.freeBlocks + header.freeListCount + header.treeBlocks;
      await readFreeList(volume, header, signal);
    }, problem);
    const trees = await readOrNull(() => groupTrees(volume, group, signal));
    if (!trees) {
      free = null;
      // Which header it is, the survey told for the one of free space.
      await attempt(() => groupTrees(volume, group, signal), problem);
      continue;
    }
    for (const { kind, root } of trees) {
      if (kind === freeByBlock) continue;
      await attempt(async () => {
        for await (const node of walkTree(volume, kind, root, signal)) void node;
      }, problem);
    }
  }
  compareFreeBlocks(volume, free, problems);
}

/** The superblock's count is brought up to date at unmounting; where the log is not clean, it is not expected to be right. */
function compareFreeBlocks({ superblock: value, geometry }: XfsVolume, free: number | null, problems: ProblemList): void {
  const isLazy = geometry.hasChecksums || (value.features2 & Features2.LAZY_COUNT) !== 0;
  if (free === null || !isLazy || problems.hidesAllocation || safeNumber(value.freeBlocks) === free) return;
  problems.add({
    severity: 'warning',
    code: 'xfs.freeBlocks',
    effect: 'none',
    message: `The superblock counts ${value.freeBlocks} free blocks, the groups together ${free}.`,
    ranges: [superblock.range('freeBlocks')],
    todo,
  });
}

/** Damage is a problem; unreadable sectors are told by whoever copies them. */
async function attempt(ask: () => Promise<unknown>, onProblem: (error: DamagedStructureError) => void): Promise<void> {
  await readOrNull(async () => {
    try {
      await ask();
    } catch (error) {
      if (error instanceof DamagedStructureError) onProblem(error);
      throw error;
    }
  });
}

function addProblem({ message, detail, structure }: DamagedStructureError, problems: ProblemList): void {
  // The survey has it already, with what it means for the allocation.
  if (structure === 'XFS free extents') return;
  problems.add({
    severity: 'error',
    code: structure === 'XFS tree' ? 'xfs.tree' : 'xfs.group',
    effect: 'none',
    message: `${message.charAt(0).toUpperCase()}${message.slice(1)}.`,
    ranges: detail.offset === undefined ? [] : [{ offset: detail.offset, length: detail.length ?? 1 }],
    todo,
  });
}
