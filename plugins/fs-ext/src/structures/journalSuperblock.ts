import { array, bytes, field, hex32, i32, struct, u32, u8, uuid } from '@diskwright/sdk/struct';

/** `h_magic` of every jbd2 block. */
export const journalMagic = 0xc03b3998;

/** Kinds of journal superblocks; of version 1, features mean nothing. */
export const JournalSuperblockType = { VERSION_1: 3, VERSION_2: 4 } as const;

/** Bits of `compatibleFeatures`. */
export const JournalCompatible = { CHECKSUM: 0x1 } as const;
/** Bits of `incompatibleFeatures`. */
export const JournalIncompatible = {
  REVOKE: 0x1,
  SIXTY_FOUR_BIT: 0x2,
  ASYNC_COMMIT: 0x4,
  CSUM_V2: 0x8,
  CSUM_V3: 0x10,
  FAST_COMMIT: 0x20,
} as const;

/** The superblock of a journal, in its first block. Big endian, other than all else of the filesystem. */
export const journalSuperblock = struct(
  'jbd2 superblock',
  'Linux kernel, Documentation/filesystems/ext4/journal.rst, "Super Block"; struct journal_superblock_s',
  {
    magic: field(hex32('big'), 'always 0xc03b3998', { check: (value) => (value === journalMagic ? null : 'is not 0xc03b3998') }),
    blockType: field(u32('big'), '3: version 1; 4: version 2', {
      meaning: (value) => ({ 3: 'version 1', 4: 'version 2' })[value],
    }),
    headerSequence: field(u32('big')),
    blockSize: field(u32('big'), 'bytes a block'),
    blockCount: field(u32('big'), 'blocks of the journal'),
    firstBlock: field(u32('big'), 'first block of log entries'),
    sequence: field(u32('big'), 'first transaction expected in the log'),
    start: field(u32('big'), 'block at which the log begins; 0 when there is nothing to replay'),
    errorNumber: field(i32('big'), 'error by which the journal was aborted; 0 for none'),
    compatibleFeatures: field(hex32('big')),
    incompatibleFeatures: field(hex32('big')),
    readOnlyFeatures: field(hex32('big')),
    uuid: field(uuid()),
    userCount: field(u32('big'), 'filesystems that share the journal'),
    dynamicSuperblock: field(u32('big')),
    maximumTransaction: field(u32('big')),
    maximumTransactionData: field(u32('big')),
    checksumType: field(u8()),
    fastCommitBlocks: field(u32('big'), 'blocks kept for fast commits at the end of the journal; 0 for 256', { at: 0x54 }),
    head: field(u32('big')),
    checksum: field(hex32('big'), 'CRC-32C of the superblock with this field zero', { at: 0xfc }),
    users: field(array(bytes(16), 48), 'UUIDs of the filesystems that share the journal'),
  },
  { size: 1024 },
);
