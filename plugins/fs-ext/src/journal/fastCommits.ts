import { crc32c } from '@diskwright/sdk/struct';
import type { JournalFile } from './journalFile';
import type { LogLayout } from './logLayout';

/** Linux, fs/ext4/fast_commit.h: tag and length, 16 bits each, little endian, stand before each record. */
const RECORD_HEAD_BYTES = 4;
const Tag = { PAD: 7, TAIL: 8, HEAD: 9 } as const;
const HEAD_SEQUENCE_AT = 4;
const TAIL_CHECKSUM_AT = 4;
const HEAD_OR_TAIL_BYTES = 8;

/** What fast commits there are behind the last full one. */
export interface FastCommits {
  commits: number;
  /** Of files and directories, in all of them. */
  changes: number;
}

/**
 * Counts the fast commits that the kernel (`ext4_fc_replay_scan`) would replay once the log is.
 * @param sequence of the first transaction that is not in the log
 * @throws what `read` throws
 */
export async function countFastCommits(
  file: JournalFile,
  { fastCommits, blockSize }: LogLayout,
  sequence: number,
  signal: AbortSignal,
): Promise<FastCommits> {
  const whole: FastCommits = { commits: 0, changes: 0 };
  if (!fastCommits) return whole;
  let changes = 0;
  let checksum = 0;
  let isFirst = true;
  for (let index = fastCommits.first; index < fastCommits.end; index++) {
    const block = await file.read(index, 1, signal);
    for (let at = 0; at <= blockSize - RECORD_HEAD_BYTES;) {
      const tag = block.readUInt16LE(at);
      const length = block.readUInt16LE(at + 2);
      const value = at + RECORD_HEAD_BYTES;
      const isShort = (tag === Tag.HEAD || tag === Tag.TAIL) && length < HEAD_OR_TAIL_BYTES;
      if (isShort || value + length > blockSize || (isFirst && tag !== Tag.HEAD)) return whole;
      if (tag === Tag.HEAD && block.readUInt32LE(value + HEAD_SEQUENCE_AT) !== sequence) return whole;
      if (tag === Tag.TAIL) {
        const right = crc32c(checksum, block.subarray(at, value + TAIL_CHECKSUM_AT));
        if (block.readUInt32LE(value) !== sequence || block.readUInt32LE(value + TAIL_CHECKSUM_AT) !== right) return whole;
        whole.commits++;
        whole.changes = changes;
        checksum = 0;
      } else {
        if (tag === 0 || tag > Tag.HEAD) return whole;
        if (tag < Tag.PAD) changes++;
        checksum = crc32c(checksum, block.subarray(at, value + length));
      }
      isFirst = false;
      at = value + length;
    }
  }
  return whole;
}
