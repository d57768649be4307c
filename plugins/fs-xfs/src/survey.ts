import { ProblemList } from '@diskwright/sdk';
import { DamagedStructureError } from '@diskwright/sdk/errors';
import { ExtentList, ExtentListBuilder, union } from '@diskwright/sdk/extents';
import { groupLength } from './geometry';
import { readFreeExtents, type FreeExtents } from './groups/freeExtents';
import { readFreeSpaceHeader } from './groups/groupHeaders';
import { readLogState } from './logState';
import { findSuperblockProblems } from './superblockProblems';
import { COMMIT_BYTES, type XfsVolume } from './volume';

const todo = 'Run xfs_repair -n on the filesystem to see what it would mend.';

/** What was found about a filesystem, and unless something hides it, all that is used. */
export interface Survey {
  problems: ProblemList;
  /** Null when it cannot be told what is used. */
  used: ExtentList | null;
}

/**
 * Finds out what a filesystem uses and whether that can be relied on: all but what the trees of free extents of its groups list. A group whose tree is not
 * whole counts as used altogether. The volume's tail behind the last block is not used: XFS keeps nothing there.
 * @param complete go on after the first doubt, to find everything that is wrong, instead of stopping where the answer is "unknown" anyway
 * @throws what `read` throws
 */
export async function survey(volume: XfsVolume, complete: boolean, signal: AbortSignal): Promise<Survey> {
  const problems = new ProblemList();
  findSuperblockProblems(volume, problems);
  if (volume.size > volume.source.size || (problems.hidesAllocation && !complete)) return { problems, used: null };
  await findLogProblems(volume, problems, signal);
  if (problems.hidesAllocation && !complete) return { problems, used: null };
  const used = await usedExtents(volume, problems, signal);
  if (problems.hidesAllocation) return { problems, used: null };
  return { problems, used: union(used, ExtentList.fromRanges([{ offset: 0, length: COMMIT_BYTES }])) };
}

async function findLogProblems(volume: XfsVolume, problems: ProblemList, signal: AbortSignal): Promise<void> {
  const add = (message: string, ranges = volume.geometry.log ? [logRange(volume)] : []): void =>
    problems.add({
      severity: 'warning',
      code: 'xfs.log',
      effect: 'unknown',
      message: `${message} It is not replayed: files are shown as they are on the disk.`,
      ranges,
      todo: 'Mount and unmount the filesystem, which carries out what the log holds.',
    });
  try {
    const { isClean, problem, head } = await readLogState(volume, signal);
    if (!isClean) add(problem, head);
  } catch (error) {
    if (!(error instanceof DamagedStructureError)) throw error;
    add(`The log cannot be read: ${error.message}.`);
  }
}

/** The internal log, in bytes. */
export function logRange({ geometry: { log, blockSize } }: XfsVolume): { offset: number; length: number } {
  return { offset: (log?.firstBlock ?? 0) * blockSize, length: (log?.blocks ?? 0) * blockSize };
}

async function usedExtents(volume: XfsVolume, problems: ProblemList, signal: AbortSignal): Promise<ExtentList> {
  const { geometry } = volume;
  const { blockSize, groupBlocks } = geometry;
  const used = new ExtentListBuilder();
  for (let group = 0; group < geometry.groupsCount; group++) {
    signal.throwIfAborted();
    const first = group * groupBlocks;
    let start = 0;
    const free = await freeExtentsOrProblem(volume, group, problems, signal);
    for (let index = 0; index < free.length; index += 2) {
      used.add((first + start) * blockSize, (free[index]! - start) * blockSize);
      start = free[index]! + free[index + 1]!;
    }
    used.add((first + start) * blockSize, (groupLength(geometry, group) - start) * blockSize);
  }
  const extents = used.build();
  const log = geometry.log ? [...extents.within(logRange(volume))] : [];
  if (log.reduce((sum, { length }) => sum + length, 0) < logRange(volume).length)
    problems.add({
      severity: 'error',
      code: 'xfs.log.free',
      effect: 'unknown',
      message: 'Part of the log lies in what is called free.',
      ranges: [logRange(volume)],
      todo,
    });
  return extents;
}

/** What is free in a group; nothing, and a problem, where that cannot be relied on. */
async function freeExtentsOrProblem(
  volume: XfsVolume,
  group: number,
  problems: ProblemList,
  signal: AbortSignal,
): Promise<FreeExtents> {
  try {
    return await readFreeExtents(volume, await readFreeSpaceHeader(volume, group, signal), signal);
  } catch (error) {
    if (!(error instanceof DamagedStructureError)) throw error;
    const { offset, length } = error.detail;
    problems.add({
      severity: 'error',
      code: 'xfs.group.free',
      effect: 'conservative',
      message: `What is free in group ${group} cannot be told, so that all of it counts as used: ${error.message}.`,
      ranges: offset === undefined ? [] : [{ offset, length: length ?? 1 }],
      todo,
    });
    return [];
  }
}
