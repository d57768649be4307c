import { DamagedStructureError } from '@diskwright/sdk/errors';
import { crc32c } from '@diskwright/sdk/struct';
import { journalTag, journalTag3 } from '../structures/journalBlocks';
import {
  JournalCompatible,
  JournalIncompatible,
  journalMagic,
  journalSuperblock,
  JournalSuperblockType,
} from '../structures/journalSuperblock';

const understood = Object.values(JournalIncompatible).reduce((sum, bit) => sum | bit, 0);
/** What `fastCommitBlocks` means when it is 0. */
const DEFAULT_FAST_COMMIT_BLOCKS = 256;

/** How a journal's log is made, by its superblock. Blocks are counted from the journal's beginning. */
export interface LogLayout {
  blockSize: number;
  /** The log is a ring from `firstBlock` up to `endBlock`, which is none of it. */
  firstBlock: number;
  endBlock: number;
  /** Where the first transaction that is to be replayed begins; 0 when there is none. */
  start: number;
  /** The number of that transaction. */
  sequence: number;
  is64Bit: boolean;
  tagBytes: number;
  /** `transaction`: one in each commit block. The others: in every block of the log's own, and of data in each tag, 16 or 32 bits of it. */
  checksums: 'none' | 'transaction' | 'tag16' | 'tag32';
  /** Start of the checksums in blocks and tags. */
  checksumSeed: number;
  /** Blocks of fast commits, from `first` up to `end`; null without them. */
  fastCommits: { first: number; end: number } | null;
}

/**
 * Works out where the log lies and how it is to be read, refusing what the kernel (`jbd2_journal_load`) refuses.
 * @param bytes the journal's superblock
 * @param journalBlocks blocks that the journal has
 * @throws DamagedStructureError naming what cannot be right
 */
export function logLayout(bytes: Buffer, blockSize: number, journalBlocks: number): LogLayout {
  const value = journalSuperblock.read(bytes);
  if (value.magic !== journalMagic) throw damaged('the magic number of its superblock is wrong');
  if (value.blockType !== JournalSuperblockType.VERSION_1 && value.blockType !== JournalSuperblockType.VERSION_2)
    throw damaged(`its superblock has the type ${value.blockType}, which is not known`);
  const hasFeatures = value.blockType === JournalSuperblockType.VERSION_2;
  const features = hasFeatures ? value.incompatibleFeatures : 0;
  const has = (bit: number): boolean => (features & bit) !== 0;
  if ((features & ~understood) !== 0)
    throw damaged(`it has features that are not known (0x${((features & ~understood) >>> 0).toString(16)})`);
  const checksums = checksumsOf(features, hasFeatures ? value.compatibleFeatures : 0);
  if (checksums === 'tag16' || checksums === 'tag32') checkChecksum(bytes, value.checksum);

  if (value.blockSize !== blockSize) throw damaged(`its blocks of ${value.blockSize} bytes are not those of the filesystem`);
  if (value.blockCount > journalBlocks)
    throw damaged(`it has ${value.blockCount} blocks by its superblock, and room for ${journalBlocks}`);
  const fastCommitBlocks = has(JournalIncompatible.FAST_COMMIT) ? value.fastCommitBlocks || DEFAULT_FAST_COMMIT_BLOCKS : 0;
  const endBlock = value.blockCount - fastCommitBlocks;
  if (value.firstBlock === 0 || value.firstBlock >= endBlock)
    throw damaged(`its log from block ${value.firstBlock} up to ${endBlock} is not possible`);
  if (value.start !== 0 && (value.start < value.firstBlock || value.start >= endBlock))
    throw damaged(`its log begins at block ${value.start}, outside of it`);

  const is64Bit = has(JournalIncompatible.SIXTY_FOUR_BIT);
  return {
    blockSize,
    firstBlock: value.firstBlock,
    endBlock,
    start: value.start,
    sequence: value.sequence,
    is64Bit,
    tagBytes: tagBytesOf(checksums, is64Bit),
    checksums,
    checksumSeed: crc32c(0xffffffff, fieldBytes(bytes, 'uuid')),
    // The first block behind the log is left out (`journal_init_fast_commit`).
    fastCommits: fastCommitBlocks > 0 ? { first: endBlock + 1, end: value.blockCount } : null,
  };
}

function checksumsOf(incompatible: number, compatible: number): LogLayout['checksums'] {
  const kinds: LogLayout['checksums'][] = [];
  if ((compatible & JournalCompatible.CHECKSUM) !== 0) kinds.push('transaction');
  if ((incompatible & JournalIncompatible.CSUM_V2) !== 0) kinds.push('tag16');
  if ((incompatible & JournalIncompatible.CSUM_V3) !== 0) kinds.push('tag32');
  if (kinds.length > 1) throw damaged('its superblock names several kinds of checksums');
  return kinds[0] ?? 'none';
}

/** `journal_tag_bytes`. */
function tagBytesOf(checksums: LogLayout['checksums'], is64Bit: boolean): number {
  if (checksums === 'tag32') return journalTag3.size;
  const highBytes = is64Bit ? 0 : 4;
  // With csum_v2 tags are two bytes longer than what is in them.
  return journalTag.size - highBytes + (checksums === 'tag16' ? 2 : 0);
}

function checkChecksum(bytes: Buffer, stored: number): void {
  const { offset, length } = journalSuperblock.range('checksum');
  const whole = Buffer.from(bytes.subarray(0, journalSuperblock.size));
  whole.fill(0, offset, offset + length);
  if (crc32c(0xffffffff, whole) !== stored) throw damaged('the checksum of its superblock is wrong');
}

function fieldBytes(bytes: Buffer, name: Parameters<typeof journalSuperblock.range>[0]): Buffer {
  const { offset, length } = journalSuperblock.range(name);
  return bytes.subarray(offset, offset + length);
}

function damaged(problem: string): DamagedStructureError {
  return new DamagedStructureError('jbd2 superblock', problem);
}
