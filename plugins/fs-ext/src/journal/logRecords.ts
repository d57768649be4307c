import {
  journalHeader,
  journalTag,
  journalTag3,
  JOURNAL_TAIL_BYTES,
  revokeHeader,
  TAG_UUID_BYTES,
  TagFlag,
} from '../structures/journalBlocks';
import { hasBlockChecksums } from './journalChecksums';
import type { LogLayout } from './logLayout';

// Looked up once: a log of a gibibyte has a million tags.
const FLAGS_AT = journalTag.range('flags').offset;
const HIGH_AT = journalTag.range('blockHigh').offset;
const CHECKSUM_16_AT = journalTag.range('checksum').offset;
const CHECKSUM_32_AT = journalTag3.range('checksum').offset;

/** What a descriptor block says of one of the blocks behind it. */
export interface BlockTag {
  /** Of the filesystem; beyond 2^53 − 1 imprecise, and outside of every filesystem. */
  block: number;
  isEscaped: boolean;
  /** 0 where tags have none. */
  checksum: number;
}

/** The tags of a descriptor block, as many as it has room for or up to the last one. Flags stand at the same place in all kinds of tags. */
export function* tagsOf(descriptor: Buffer, layout: LogLayout): Generator<BlockTag, void, undefined> {
  const { tagBytes, is64Bit, checksums } = layout;
  const end = descriptor.length - (hasBlockChecksums(layout) ? JOURNAL_TAIL_BYTES : 0);
  for (let at = journalHeader.size; at + tagBytes <= end;) {
    const flags = descriptor.readUInt16BE(at + FLAGS_AT);
    const high = is64Bit ? descriptor.readUInt32BE(at + HIGH_AT) : 0;
    let checksum = 0;
    if (checksums === 'tag16') checksum = descriptor.readUInt16BE(at + CHECKSUM_16_AT);
    if (checksums === 'tag32') checksum = descriptor.readUInt32BE(at + CHECKSUM_32_AT);
    yield { block: descriptor.readUInt32BE(at) + high * 2 ** 32, isEscaped: (flags & TagFlag.ESCAPED) !== 0, checksum };
    if ((flags & TagFlag.LAST) !== 0) return;
    at += tagBytes + ((flags & TagFlag.SAME_UUID) !== 0 ? 0 : TAG_UUID_BYTES);
  }
}

/** The blocks of the filesystem that a revoke block names. */
export function* revokedBlocks(block: Buffer, layout: LogLayout): Generator<number, void, undefined> {
  const room = block.length - (hasBlockChecksums(layout) ? JOURNAL_TAIL_BYTES : 0);
  const end = Math.min(revokeHeader.read(block).usedBytes, room);
  const recordBytes = layout.is64Bit ? 8 : 4;
  for (let at = revokeHeader.size; at + recordBytes <= end; at += recordBytes) {
    yield layout.is64Bit ? block.readUInt32BE(at) * 2 ** 32 + block.readUInt32BE(at + 4) : block.readUInt32BE(at);
  }
}
