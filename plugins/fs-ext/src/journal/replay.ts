import { DamagedStructureError, MediaError } from '@diskwright/sdk/errors';
import { Incompatible } from '../features';
import { InodeTable } from '../files/inodeTable';
import { hasInternalJournal } from '../journalProblems';
import { journalSuperblock } from '../structures/journalSuperblock';
import { State, type Superblock } from '../structures/superblock';
import { type ExtVolume, readVolume, requireGeometry } from '../volume';
import { JournalFile } from './journalFile';
import { logLayout } from './logLayout';
import { readLog } from './readLog';
import { ReplayedSource } from './replayedSource';
import { replayProblems } from './replayProblems';
import type { ReplayDepth } from './transactions';

/**
 * The volume as its journal would leave it: what was committed and not yet written to its place is laid over the device, which is not changed. The volume itself
 * where there is nothing to replay, and with what is the matter where it cannot be replayed.
 * @param depth `verified`: the data in the log is compared with its checksums, for which all of it has to be read. `counted`: it is taken to be right, which will
 * do to tell what there is
 * @throws what `read` throws, but for unreadable sectors
 */
export async function withJournalReplayed(volume: ExtVolume, depth: ReplayDepth, signal: AbortSignal): Promise<ExtVolume> {
  const isNeeded = (volume.superblock.incompatibleFeatures & Incompatible.NEEDS_RECOVERY) !== 0;
  if (!isNeeded || !hasInternalJournal(volume) || volume.geometry instanceof DamagedStructureError) return volume;
  try {
    return await replayed(volume, depth, signal);
  } catch (error) {
    if (!(error instanceof DamagedStructureError) && !(error instanceof MediaError)) throw error;
    const message = `The journal cannot be replayed: ${error.message}. Files are shown as they are without it.`;
    const todo = 'Run e2fsck on the filesystem, and try again.';
    const problems = [{ severity: 'error', code: 'ext.journal.replay', effect: 'unknown', message, todo } as const];
    return { ...volume, replay: { device: volume, blocks: null, transactions: 0, ranges: [], problems: [...problems] } };
  }
}

async function replayed(volume: ExtVolume, depth: ReplayDepth, signal: AbortSignal): Promise<ExtVolume> {
  const { source, superblock } = volume;
  const geometry = requireGeometry(volume);
  const table = await InodeTable.open(volume, signal);
  const file = await JournalFile.open(table, superblock.journalInode, signal);
  const head = await source.read(file.offsetOf(0), journalSuperblock.size, signal);
  const layout = logLayout(head, geometry.blockSize, file.blocks);
  const log = await readLog(file, layout, geometry.blocksCount, depth, signal);
  const view = await readVolume(new ReplayedSource(source, log.blocks), signal);
  if (view.geometry instanceof DamagedStructureError) throw view.geometry;
  return {
    ...view,
    superblock: withStateOf(superblock, view.superblock),
    replay: {
      device: volume,
      blocks: log.blocks,
      transactions: log.transactions,
      ranges: file.ranges,
      problems: replayProblems(log),
    },
  };
}

/** What was noticed while it was mounted stands in the superblock on the device, and stays there, as kernel and e2fsck have it. */
function withStateOf(device: Superblock, replayedOne: Superblock): Superblock {
  const isValid = device.state & replayedOne.state & State.VALID;
  return {
    ...replayedOne,
    state: isValid | ((device.state | replayedOne.state) & ~State.VALID),
    incompatibleFeatures: (replayedOne.incompatibleFeatures | Incompatible.NEEDS_RECOVERY) >>> 0,
    errorCount: Math.max(device.errorCount, replayedOne.errorCount),
  };
}
