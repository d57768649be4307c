import type { BlockSource } from '@diskwright/sdk/block';
import { DamagedStructureError } from '@diskwright/sdk/errors';
import { ExtentList, union } from '@diskwright/sdk/extents';
import { scanBitmaps } from './bitmapScan';
import type { Geometry } from './geometry';
import { clusterRange, firstOverlap, fixedMetadata } from './groupMetadata';
import { findGroupProblems } from './groupProblems';
import { GroupTable } from './groupTable';
import { findExternalJournal, findJournalProblems } from './journalProblems';
import { usedBefore } from './journal/usedBefore';
import { findMultiMountProblems, multiMountRun } from './multiMountProblems';
import { ProblemList } from '@diskwright/sdk';
import { findSuperblockProblems } from './superblockProblems';
import { commitRange, type ExtVolume } from './volume';

const todo = 'Run e2fsck on the filesystem, and try again.';

/** What was found out about a volume: all that is wrong and, unless that hides it, all that is used. */
export interface Survey {
  problems: ProblemList;
  /** Null when it cannot be told what is used. */
  used: ExtentList | null;
}

/**
 * Finds out what a filesystem uses and whether that can be relied on. Used is what the block bitmaps say and, whatever they say: boot area, superblock
 * and its backups, group descriptors and their reserve, bitmaps, inode tables and the block of multi-mount protection. The tail of the volume
 * behind the last block is not used: ext keeps nothing there, neither a copy of its superblock nor a mark. Where a journal was replayed, what was used
 * before counts, too: a copy takes the bytes of the device as they are.
 * @param complete go on after the first doubt, to find everything that is wrong, instead of stopping where the answer is "unknown" anyway
 * @throws what `read` throws
 */
export async function survey(volume: ExtVolume, complete: boolean, signal: AbortSignal): Promise<Survey> {
  const problems = new ProblemList();
  const isOver = (): boolean => !complete && problems.hidesAllocation;
  findSuperblockProblems(volume, problems);
  findExternalJournal(volume, problems);
  const { geometry, source } = volume;
  // Nothing below can be looked at when the numbers do not agree or part of the filesystem is missing.
  if (geometry instanceof DamagedStructureError || volume.size > source.size) return { problems, used: null };

  await findMultiMountProblems(volume, geometry, problems, signal);
  if (isOver()) return { problems, used: null };
  const table = await readTable(source, geometry, problems, signal);
  if (!table) return { problems, used: null };
  findGroupProblems(table, problems, signal);
  await findJournalProblems(volume, table, problems, signal);
  // A bitmap that lies elsewhere cannot be read.
  if (isOver() || problems.has('ext.group.place') || problems.has('ext.mmp.place')) return { problems, used: null };

  const runs = fixedMetadata(table);
  findOverlap(runs, geometry.blockSize, problems);
  const multiMount = multiMountRun(volume);
  const metadata = ExtentList.fromRanges(
    [...runs, ...(multiMount ? [multiMount] : [])].map((run) => clusterRange(geometry, run)),
  );
  const inBitmaps = await scanBitmaps(source, table, metadata, problems, signal);
  if (problems.hidesAllocation) return { problems, used: null };
  const used = union(union(inBitmaps, metadata), ExtentList.fromRanges([commitRange(source)]));
  if (!volume.replay) return { problems, used };
  const before = await usedBefore(volume.replay, signal);
  if (before) return { problems, used: union(used, before) };
  problems.add({
    severity: 'warning',
    code: 'ext.journal.before',
    effect: 'unknown',
    message: 'What was in use before the journal was replayed cannot be told.',
    todo,
  });
  return { problems, used: null };
}

async function readTable(
  source: BlockSource,
  geometry: Geometry,
  problems: ProblemList,
  signal: AbortSignal,
): Promise<GroupTable | null> {
  try {
    return await GroupTable.read(source, geometry, signal);
  } catch (error) {
    if (!(error instanceof DamagedStructureError)) throw error;
    problems.add({ severity: 'error', code: 'ext.group.table', effect: 'unknown', message: `${error.message}.`, todo });
    return null;
  }
}

function findOverlap(runs: Parameters<typeof firstOverlap>[0], blockSize: number, problems: ProblemList): void {
  const block = firstOverlap(runs);
  if (block === undefined) return;
  problems.add({
    severity: 'error',
    code: 'ext.group.overlap',
    effect: 'unknown',
    message: `Two structures of the filesystem claim block ${block}.`,
    ranges: [{ offset: block * blockSize, length: blockSize }],
    todo,
  });
}
