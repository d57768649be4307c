import { rangesMeet } from '@diskwright/sdk/extents';
import { readOrNull } from '@diskwright/sdk/files';
import type { ByteRange, StructureInstance } from '@diskwright/sdk/protocol';
import type { InodeTable } from '../files/inodeTable';
import { commitBlock, journalHeader, JournalBlockType, revokeHeader } from '../structures/journalBlocks';
import { journalMagic, journalSuperblock, JournalSuperblockType } from '../structures/journalSuperblock';
import { JournalFile } from './journalFile';

const layouts = {
  [JournalBlockType.DESCRIPTOR]: journalHeader,
  [JournalBlockType.COMMIT]: commitBlock,
  [JournalBlockType.REVOKE]: revokeHeader,
  [JournalSuperblockType.VERSION_1]: journalSuperblock,
  [JournalSuperblockType.VERSION_2]: journalSuperblock,
} as const;

/** Of what the journal's blocks may be, all that can be edited. */
export const journalLayouts = [journalSuperblock, journalHeader, commitBlock, revokeHeader];

/**
 * What the journal itself keeps in a range: its superblock, and of the log the heads of descriptor, revoke and commit blocks, also of transactions that were
 * carried out long ago. Nothing where the journal cannot be read.
 */
export async function* journalBlocksMeeting(
  table: InodeTable,
  inodeNumber: number,
  range: ByteRange,
  signal: AbortSignal,
): AsyncGenerator<StructureInstance, void, undefined> {
  const file = await readOrNull(() => JournalFile.open(table, inodeNumber, signal));
  const { blockSize } = table.geometry;
  for (const run of file?.ranges ?? []) {
    const end = Math.min(run.offset + run.length, range.offset + range.length);
    const first = Math.max(0, Math.floor((range.offset - run.offset) / blockSize));
    for (let offset = run.offset + first * blockSize; offset < end; offset += blockSize) {
      signal.throwIfAborted();
      const block = await readOrNull(() => table.source.read(offset, blockSize, signal));
      const layout = block && layoutOf(block);
      if (layout && rangesMeet({ offset, length: layout.size }, range)) yield layout.instance(block, 0, offset, 'ext.journal');
    }
  }
}

function layoutOf(block: Buffer): (typeof layouts)[keyof typeof layouts] | undefined {
  const { magic, blockType } = journalHeader.read(block);
  return magic === journalMagic ? layouts[blockType as keyof typeof layouts] : undefined;
}
