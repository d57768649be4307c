import { field, hex16, hex32, struct, u16, u32, u64, u8, utf8, uuid } from '@diskwright/sdk/struct';

/** `XFSB`. */
export const SUPERBLOCK_MAGIC = 0x58465342;
/** Least bytes that a superblock is read from: its sector may be larger. */
export const LEAST_SECTOR_BYTES = 512;
export const SUPERBLOCK_CHECKSUM_AT = 224;

const be16 = u16('big');
const be32 = u32('big');
const be64 = u64('big');

/**
 * The superblock, at the start of each allocation group in a sector of its own; the one of group 0 counts. Big endian, but for the checksum. From
 * `compatibleFeatures` on it is version 5 alone.
 */
export const superblock = struct(
  'XFS superblock',
  'Linux kernel, fs/xfs/libxfs/xfs_format.h, struct xfs_dsb; XFS Algorithms & Data Structures, 3rd edition, 10.1',
  {
    magic: field(hex32('big'), 'always 0x58465342, "XFSB"', {
      check: (value) => (value === SUPERBLOCK_MAGIC ? null : 'is not 0x58465342'),
    }),
    blockSize: field(be32, 'bytes a block'),
    blocksCount: field(be64, 'blocks of the data device'),
    realtimeBlocksCount: field(be64, 'blocks of the realtime device'),
    realtimeExtentsCount: field(be64),
    uuid: field(uuid()),
    logStart: field(be64, 'first block of the internal log; 0 when the log is on another device'),
    rootInode: field(be64),
    realtimeBitmapInode: field(be64),
    realtimeSummaryInode: field(be64),
    realtimeExtentBlocks: field(be32, 'blocks a realtime extent'),
    groupBlocks: field(be32, 'blocks an allocation group; the last may be shorter'),
    groupsCount: field(be32, 'allocation groups'),
    realtimeBitmapBlocks: field(be32),
    logBlocks: field(be32, 'blocks of the log'),
    version: field(hex16('big'), 'low 4 bits: version; above: features', { meaning: (value) => `version ${value & 0xf}` }),
    sectorSize: field(be16, 'bytes a sector: each header of a group has one of its own'),
    inodeSize: field(be16, 'bytes an inode'),
    inodesPerBlock: field(be16),
    label: field(utf8(12)),
    blockLog: field(u8(), 'log2 of the block size'),
    sectorLog: field(u8(), 'log2 of the sector size'),
    inodeLog: field(u8(), 'log2 of the inode size'),
    inodesPerBlockLog: field(u8(), 'log2 of the inodes a block'),
    groupBlockLog: field(u8(), 'bits of a block number within its group'),
    realtimeExtentLog: field(u8()),
    inProgress: field(u8(), '1 while mkfs is at work'),
    inodePercent: field(u8(), 'most percent of space for inodes'),
    inodesCount: field(be64, 'inodes that have room'),
    freeInodes: field(be64),
    freeBlocks: field(be64, 'free blocks, as of the last clean unmount'),
    freeRealtimeExtents: field(be64),
    userQuotaInode: field(be64),
    groupQuotaInode: field(be64),
    quotaFlags: field(hex16('big')),
    flags: field(u8()),
    sharedVersion: field(u8()),
    inodeAlignment: field(be32, 'blocks that inode chunks are aligned to'),
    stripeUnit: field(be32, 'blocks'),
    stripeWidth: field(be32, 'blocks'),
    directoryBlockLog: field(u8(), 'a block of a directory is 2^this blocks'),
    logSectorLog: field(u8()),
    logSectorSize: field(be16),
    logStripeUnit: field(be32, 'bytes'),
    features2: field(hex32('big'), 'more features'),
    badFeatures2: field(hex32('big'), 'copy of features2, at the place where some kernels wrote it'),
    compatibleFeatures: field(hex32('big')),
    readOnlyFeatures: field(hex32('big'), 'features without which the filesystem cannot be written'),
    incompatibleFeatures: field(hex32('big'), 'features without which the filesystem cannot be read'),
    logFeatures: field(hex32('big'), 'features without which the log cannot be replayed'),
    checksum: field(hex32(), 'CRC-32C of the sector, little endian, version 5'),
    sparseAlignment: field(be32, 'blocks that sparse inode chunks are aligned to'),
    projectQuotaInode: field(be64),
    lastSequence: field(be64, 'log sequence number of the last write'),
    metadataUuid: field(uuid(), 'UUID that the metadata bears, with META_UUID'),
  },
  { size: LEAST_SECTOR_BYTES },
);

/** A parsed superblock. */
export type Superblock = ReturnType<typeof superblock.read>;
