import { DamagedStructureError } from '@diskwright/sdk/errors';
import { Compatible, Incompatible } from './features';
import type { GroupTable } from './groupTable';
import { firstBlockOf, readInode } from './inodeReader';
import type { ProblemList } from '@diskwright/sdk';
import { journalMagic, journalSuperblock } from './structures/journalSuperblock';
import { zeroUuid } from './structures/superblock';
import type { ExtVolume } from './volume';

const todo = 'Run e2fsck on the filesystem, and try again.';

/** Whether the filesystem has a journal on a device of its own. */
export function hasExternalJournal({ superblock }: ExtVolume): boolean {
  const hasJournal = (superblock.compatibleFeatures & Compatible.HAS_JOURNAL) !== 0;
  return hasJournal && superblock.journalInode === 0 && (superblock.journalDevice !== 0 || superblock.journalUuid !== zeroUuid);
}

/** Whether the filesystem has a journal of its own. */
export function hasInternalJournal(volume: ExtVolume): boolean {
  return (volume.superblock.compatibleFeatures & Compatible.HAS_JOURNAL) !== 0 && !hasExternalJournal(volume);
}

/** Says so when the journal is elsewhere: what it holds cannot be seen from this volume. */
export function findExternalJournal(volume: ExtVolume, problems: ProblemList): void {
  if (!hasExternalJournal(volume)) return;
  problems.add({
    severity: 'warning',
    code: 'ext.journal.external',
    effect: 'unknown',
    message: `The journal is on another device (UUID ${volume.superblock.journalUuid}), so that it cannot be told whether there is something to replay.`,
    todo: 'Bring the journal into the filesystem with tune2fs to have only used blocks copied.',
  });
}

/**
 * Looks into the journal itself, since needs_recovery can have been cleared without it being emptied. Reads one inode and one block; nothing where there
 * is no internal journal.
 * @throws what `read` throws
 */
export async function findJournalProblems(
  volume: ExtVolume,
  table: GroupTable,
  problems: ProblemList,
  signal: AbortSignal,
): Promise<void> {
  const { superblock, source } = volume;
  if (!hasInternalJournal(volume)) return;
  try {
    const file = await readInode(source, table, superblock.journalInode, signal);
    const block = await firstBlockOf(source, table.geometry, file, signal);
    if (block === 0) throw new DamagedStructureError('ext inode', `inode ${superblock.journalInode} has no first block`);
    await findLogProblems(volume, block * table.geometry.blockSize, problems, signal);
  } catch (error) {
    if (!(error instanceof DamagedStructureError)) throw error;
    problems.add({
      severity: 'error',
      code: 'ext.journal.unreadable',
      effect: 'unknown',
      message: `The journal cannot be read: ${error.message}.`,
      todo,
    });
  }
}

async function findLogProblems(
  { source, superblock }: ExtVolume,
  offset: number,
  problems: ProblemList,
  signal: AbortSignal,
): Promise<void> {
  const log = journalSuperblock.read(await source.read(offset, journalSuperblock.size, signal));
  const ranges = [{ offset, length: journalSuperblock.size }];
  if (log.magic !== journalMagic)
    throw new DamagedStructureError('jbd2 superblock', 'the magic number of its superblock is wrong');
  if (log.start !== 0 && (superblock.incompatibleFeatures & Incompatible.NEEDS_RECOVERY) === 0) {
    problems.add({
      severity: 'warning',
      code: 'ext.journal.log',
      effect: 'unknown',
      message: 'The journal holds transactions that were not replayed, though needs_recovery is not set.',
      ranges,
      todo,
    });
  }
  if (log.errorNumber !== 0) {
    problems.add({
      severity: 'error',
      code: 'ext.journal.aborted',
      effect: 'unknown',
      message: `The journal was aborted with error ${log.errorNumber}, so that changes may be half done.`,
      ranges,
      todo,
    });
  }
}
