import { field, hex32, struct, u16, u32, u64, uuid } from '@diskwright/sdk/struct';

const source = 'Linux kernel, fs/xfs/libxfs/xfs_format.h, struct xfs_btree_block';
const be32 = u32('big');
const be64 = u64('big');

/** Head of a block of a tree within an allocation group. Version 4 ends behind `right`. */
export const shortTreeBlock = struct('XFS tree block', source, {
  magic: field(hex32('big')),
  level: field(u16('big'), '0 for leaves'),
  records: field(u16('big')),
  left: field(be32, 'block at the left, 4294967295 for none'),
  right: field(be32, 'block at the right, 4294967295 for none'),
  place: field(be64, 'where it lies, in sectors of 512 bytes'),
  lastSequence: field(be64),
  uuid: field(uuid()),
  owner: field(be32, 'number of the group'),
  checksum: field(hex32(), 'CRC-32C of the block, little endian'),
});

/** Head of a block of a file's map. Version 4 ends behind `right`. */
export const longTreeBlock = struct('XFS map block', source, {
  magic: field(hex32('big')),
  level: field(u16('big'), '0 for leaves'),
  records: field(u16('big')),
  left: field(be64, 'block at the left'),
  right: field(be64, 'block at the right'),
  place: field(be64, 'where it lies, in sectors of 512 bytes'),
  lastSequence: field(be64),
  uuid: field(uuid()),
  owner: field(be64, 'inode that it belongs to'),
  checksum: field(hex32(), 'CRC-32C of the block, little endian'),
  padding: field(be32),
});

/** What a tree of an allocation group holds, and how. */
export interface TreeKind {
  name: string;
  /** In version 4 and 5. */
  magics: readonly [number, number];
  recordBytes: number;
  keyBytes: number;
}

export const freeByBlock: TreeKind = {
  name: 'free extents by block',
  magics: [0x41425442, 0x41423342],
  recordBytes: 8,
  keyBytes: 8,
};
export const freeBySize: TreeKind = {
  name: 'free extents by size',
  magics: [0x41425443, 0x41423343],
  recordBytes: 8,
  keyBytes: 8,
};
export const inodeChunks: TreeKind = { name: 'inode chunks', magics: [0x49414254, 0x49414233], recordBytes: 16, keyBytes: 4 };
export const freeInodeChunks: TreeKind = {
  name: 'chunks with free inodes',
  magics: [0x46494254, 0x46494233],
  recordBytes: 16,
  keyBytes: 4,
};
export const reverseMap: TreeKind = { name: 'owners of blocks', magics: [0x524d4233, 0x524d4233], recordBytes: 24, keyBytes: 40 };
export const referenceCounts: TreeKind = {
  name: 'shared extents',
  magics: [0x52334643, 0x52334643],
  recordBytes: 12,
  keyBytes: 4,
};
