import { field, hex16, hex32, struct, u16, u32 } from '@diskwright/sdk/struct';

const source = 'Linux kernel, Documentation/filesystems/ext4/group_descr.rst; struct ext4_group_desc';

/** Bits of a group descriptor's `flags`, which mean something only with uninit_bg or metadata_csum. */
export const GroupFlag = { INODE_UNINIT: 0x1, BLOCK_UNINIT: 0x2, INODE_ZEROED: 0x4 } as const;

function flagsInWords(flags: number): string | undefined {
  const words = [];
  if ((flags & GroupFlag.INODE_UNINIT) !== 0) words.push('inode bitmap not initialised');
  if ((flags & GroupFlag.BLOCK_UNINIT) !== 0) words.push('block bitmap not initialised');
  if ((flags & GroupFlag.INODE_ZEROED) !== 0) words.push('inode table zeroed');
  return words.join(', ') || undefined;
}

const shortFields = {
  blockBitmapLow: field(u32(), 'block of the block bitmap, low 32 bits'),
  inodeBitmapLow: field(u32(), 'block of the inode bitmap, low 32 bits'),
  inodeTableLow: field(u32(), 'first block of the inode table, low 32 bits'),
  freeBlocksCountLow: field(u16(), 'free blocks (clusters with bigalloc), low 16 bits'),
  freeInodesCountLow: field(u16(), 'free inodes, low 16 bits'),
  usedDirectoriesCountLow: field(u16(), 'directories, low 16 bits'),
  flags: field(hex16(), undefined, { meaning: flagsInWords }),
  excludeBitmapLow: field(u32(), 'block of the snapshot exclusion bitmap'),
  blockBitmapChecksumLow: field(hex16(), 'CRC-32C of the block bitmap, low 16 bits'),
  inodeBitmapChecksumLow: field(hex16(), 'CRC-32C of the inode bitmap, low 16 bits'),
  unusedInodesCountLow: field(u16(), 'inodes never used at the end of the table, low 16 bits'),
  checksum: field(hex16(), 'CRC-16 (uninit_bg) or low half of CRC-32C (metadata_csum) of this descriptor'),
};

/** A group descriptor of 32 bytes: filesystems without 64bit. Little endian. */
export const shortGroupDescriptor = struct('ext group descriptor', source, shortFields, { size: 32 });

/** A group descriptor of 64 bytes or more: filesystems with 64bit. What is beyond 64 bytes is reserved. */
export const longGroupDescriptor = struct(
  'ext group descriptor',
  source,
  {
    ...shortFields,
    blockBitmapHigh: field(u32(), 'block of the block bitmap, high 32 bits'),
    inodeBitmapHigh: field(u32(), 'block of the inode bitmap, high 32 bits'),
    inodeTableHigh: field(u32(), 'first block of the inode table, high 32 bits'),
    freeBlocksCountHigh: field(u16(), 'free blocks (clusters with bigalloc), high 16 bits'),
    freeInodesCountHigh: field(u16(), 'free inodes, high 16 bits'),
    usedDirectoriesCountHigh: field(u16(), 'directories, high 16 bits'),
    unusedInodesCountHigh: field(u16(), 'inodes never used at the end of the table, high 16 bits'),
    excludeBitmapHigh: field(hex32()),
    blockBitmapChecksumHigh: field(hex16(), 'CRC-32C of the block bitmap, high 16 bits'),
    inodeBitmapChecksumHigh: field(hex16(), 'CRC-32C of the inode bitmap, high 16 bits'),
    reserved: field(hex32()),
  },
  { size: 64 },
);
