import { crc32c } from '@diskwright/sdk/struct';
import { commitBlock, JOURNAL_TAIL_BYTES } from '../structures/journalBlocks';
import type { LogLayout } from './logLayout';

const CHECKSUM_AT = commitBlock.range('checksum').offset;

/** Whether the log's own blocks and the data in it bear checksums, rather than each transaction one. */
export const hasBlockChecksums = ({ checksums }: LogLayout): boolean => checksums === 'tag16' || checksums === 'tag32';

/** Whether a descriptor or revoke block is as it was written; true where it bears no checksum. */
export function isListBlockRight(block: Buffer, layout: LogLayout): boolean {
  if (!hasBlockChecksums(layout)) return true;
  return block.readUInt32BE(block.length - JOURNAL_TAIL_BYTES) === withoutField(block, block.length - JOURNAL_TAIL_BYTES, layout);
}

/** The same of a commit block. */
export function isCommitBlockRight(block: Buffer, layout: LogLayout): boolean {
  return !hasBlockChecksums(layout) || block.readUInt32BE(CHECKSUM_AT) === withoutField(block, CHECKSUM_AT, layout);
}

/** The checksum of a block of data; a tag of csum_v2 holds the lower half of it. @param block as it lies in the log, escaped or not */
export function dataChecksum(block: Buffer, sequence: number, { checksumSeed }: LogLayout): number {
  const number = Buffer.alloc(4);
  number.writeUInt32BE(sequence);
  return crc32c(crc32c(checksumSeed, number), block);
}

/** A checksum counts as zero where it stands itself. */
function withoutField(block: Buffer, at: number, { checksumSeed }: LogLayout): number {
  const before = crc32c(crc32c(checksumSeed, block.subarray(0, at)), Buffer.alloc(4));
  return crc32c(before, block.subarray(at + 4));
}
