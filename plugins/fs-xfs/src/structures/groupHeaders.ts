import { array, field, hex32, struct, u32, u64, uuid } from '@diskwright/sdk/struct';

const source = 'Linux kernel, fs/xfs/libxfs/xfs_format.h';
const be32 = u32('big');
const be64 = u64('big');

export const FREE_SPACE_MAGIC = 0x58414746;
export const INODES_MAGIC = 0x58414749;
export const FREE_LIST_MAGIC = 0x5841464c;

const magic = (value: number, text: string) =>
  field(hex32('big'), `always "${text}"`, { check: (found: number) => (found === value ? null : `is not "${text}"`) });

/** What is free in an allocation group; in its second sector. From `uuid` on: version 5 alone. */
export const freeSpaceHeader = struct(
  'XFS free space header (AGF)',
  `${source}, struct xfs_agf`,
  {
    magic: magic(FREE_SPACE_MAGIC, 'XAGF'),
    version: field(be32),
    group: field(be32, 'number of the group'),
    blocks: field(be32, 'blocks of the group'),
    byBlockRoot: field(be32, 'root of the tree of free extents by block'),
    bySizeRoot: field(be32, 'root of the tree of free extents by size'),
    reverseMapRoot: field(be32, 'root of the tree of owners, with RMAPBT'),
    byBlockLevels: field(be32),
    bySizeLevels: field(be32),
    reverseMapLevels: field(be32),
    freeListFirst: field(be32),
    freeListLast: field(be32),
    freeListCount: field(be32, 'blocks kept for the trees'),
    freeBlocks: field(be32, 'blocks in the trees of free extents'),
    longestFree: field(be32),
    treeBlocks: field(be32, 'blocks of the trees of free extents, roots not counted'),
    uuid: field(uuid()),
    reverseMapBlocks: field(be32),
    referenceCountBlocks: field(be32),
    referenceCountRoot: field(be32, 'root of the tree of shared extents, with REFLINK'),
    referenceCountLevels: field(be32),
    lastSequence: field(be64, undefined, { at: 208 }),
    checksum: field(hex32(), 'CRC-32C of the sector, little endian'),
  },
  { size: 224 },
);
export const FREE_SPACE_CHECKSUM_AT = 216;

/** Where the inodes of an allocation group are; in its third sector. From `uuid` on: version 5 alone. */
export const inodesHeader = struct(
  'XFS inode header (AGI)',
  `${source}, struct xfs_agi`,
  {
    magic: magic(INODES_MAGIC, 'XAGI'),
    version: field(be32),
    group: field(be32, 'number of the group'),
    blocks: field(be32, 'blocks of the group'),
    inodesCount: field(be32, 'inodes that have room'),
    root: field(be32, 'root of the tree of inode chunks'),
    levels: field(be32),
    freeInodes: field(be32),
    newestChunk: field(be32),
    directoryChunk: field(be32),
    unlinked: field(array(be32, 64), 'lists of inodes that are open and have no name any more; 4294967295 for none'),
    uuid: field(uuid()),
    checksum: field(hex32(), 'CRC-32C of the sector, little endian'),
    padding: field(be32),
    lastSequence: field(be64),
    freeRoot: field(be32, 'root of the tree of chunks with free inodes, with FINOBT'),
    freeLevels: field(be32),
    treeBlocks: field(be32, 'blocks of the tree of chunks, with INOBTCNT'),
    freeTreeBlocks: field(be32),
  },
  { size: 344 },
);
export const INODES_CHECKSUM_AT = 312;

/** Head of the list of blocks that are kept for a group's trees; in its fourth sector. Version 4 has the list alone. */
export const freeListHeader = struct('XFS free list (AGFL)', `${source}, struct xfs_agfl`, {
  magic: magic(FREE_LIST_MAGIC, 'XAFL'),
  group: field(be32, 'number of the group'),
  uuid: field(uuid()),
  lastSequence: field(be64),
  checksum: field(hex32(), 'CRC-32C of the sector, little endian'),
});
export const FREE_LIST_CHECKSUM_AT = 32;

export type FreeSpaceHeader = ReturnType<typeof freeSpaceHeader.read>;
export type InodesHeader = ReturnType<typeof inodesHeader.read>;
