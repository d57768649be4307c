import { field, hex32, struct, u16, u32, u64, u8 } from '@diskwright/sdk/struct';
import { journalMagic } from './journalSuperblock';

const source = 'Linux kernel, Documentation/filesystems/ext4/journal.rst; include/linux/jbd2.h';

/** What a block of the log is, other than logged data. */
export const JournalBlockType = { DESCRIPTOR: 1, COMMIT: 2, REVOKE: 5 } as const;

/** Bits of a tag's flags. */
export const TagFlag = { ESCAPED: 0x1, SAME_UUID: 0x2, LAST: 0x8 } as const;
/** Follows a tag without `SAME_UUID`. */
export const TAG_UUID_BYTES = 16;
/** The checksum at the end of descriptor and revoke blocks, with the features csum_v2 and csum_v3. */
export const JOURNAL_TAIL_BYTES = 4;

const header = {
  magic: field(hex32('big'), 'always 0xc03b3998', {
    check: (value: number) => (value === journalMagic ? null : 'is not 0xc03b3998'),
  }),
  blockType: field(u32('big'), '1: descriptor; 2: commit; 5: revoke', {
    meaning: (value: number) => ({ 1: 'descriptor', 2: 'commit', 5: 'revoke' })[value],
  }),
  sequence: field(u32('big'), 'number of the transaction'),
};

/** The head of every block of the log that is not data. Big endian; the tags of a descriptor block follow it. */
export const journalHeader = struct('jbd2 block header', source, header);

/** Where a logged block goes. 8 to 14 bytes of it are there, as the features say: see `LogLayout.tagBytes`. */
export const journalTag = struct('jbd2 block tag', source, {
  block: field(u32('big'), 'block of the filesystem, low 32 bits'),
  checksum: field(u16('big'), 'low half of the CRC-32C of transaction and data, with csum_v2'),
  flags: field(u16('big'), 'bit 0: escaped; 1: no UUID follows; 3: the last tag'),
  blockHigh: field(u32('big'), 'block of the filesystem, high 32 bits, with 64bit'),
});

/** The same with csum_v3. */
export const journalTag3 = struct('jbd2 block tag, version 3', source, {
  block: field(u32('big'), 'block of the filesystem, low 32 bits'),
  flags: field(u32('big'), 'bit 0: escaped; 1: no UUID follows; 3: the last tag'),
  blockHigh: field(u32('big'), 'block of the filesystem, high 32 bits, with 64bit'),
  checksum: field(hex32('big'), 'CRC-32C of transaction and data'),
});

/** The head of a list of blocks whose earlier versions in the log must not be replayed. */
export const revokeHeader = struct('jbd2 revoke block', source, {
  ...header,
  usedBytes: field(u32('big'), 'bytes in use, this head included'),
});

/** The end of a transaction. */
export const commitBlock = struct('jbd2 commit block', source, {
  ...header,
  checksumType: field(u8(), '1: CRC-32 of the transaction, with the compatible feature checksum'),
  checksumBytes: field(u8()),
  checksum: field(hex32('big'), 'of the transaction, or with csum_v2 and csum_v3 of this block', { at: 0x10 }),
  commitSeconds: field(u64('big'), 'seconds since 1970', { at: 0x30 }),
  commitNanoseconds: field(u32('big')),
});
