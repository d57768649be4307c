import { array, field, hex32, struct, u16, u32, u64, uuid } from '@diskwright/sdk/struct';

const source = 'Linux kernel, fs/xfs/libxfs/xfs_da_format.h';

/** Head of a block of a directory, version 5. */
export const directoryBlock = struct('XFS directory block', `${source}, struct xfs_dir3_data_hdr`, {
  magic: field(hex32('big'), '"XDB3": the whole directory; "XDD3": one of its blocks'),
  checksum: field(hex32(), 'CRC-32C of the block, little endian'),
  place: field(u64('big'), 'where it lies, in sectors of 512 bytes'),
  lastSequence: field(u64('big')),
  uuid: field(uuid()),
  owner: field(u64('big'), 'inode of the directory'),
  largestFree: field(array(u16('big'), 6), 'place and length of the three largest free pieces'),
  padding: field(u32('big')),
});

/** Head of a block of a directory, version 4. */
export const shortDirectoryBlock = struct('XFS directory block', `${source}, struct xfs_dir2_data_hdr`, {
  magic: field(hex32('big'), '"XD2B": the whole directory; "XD2D": one of its blocks'),
  largestFree: field(array(u16('big'), 6), 'place and length of the three largest free pieces'),
});

/** Head of a block of extended attributes, or of the tree above them, version 5. */
export const attributeBlock = struct('XFS attribute block', `${source}, struct xfs_da3_blkinfo`, {
  forward: field(u32('big'), 'next block'),
  back: field(u32('big'), 'block before'),
  magic: field(hex32('big'), 'high 16 bits: 0x3bee for attributes, 0x3ebe for the tree above them'),
  checksum: field(hex32(), 'CRC-32C of the block, little endian'),
  place: field(u64('big'), 'where it lies, in sectors of 512 bytes'),
  lastSequence: field(u64('big')),
  uuid: field(uuid()),
  owner: field(u64('big'), 'inode that it belongs to'),
});

/** Head of each block of a large attribute's value, or of a symbolic link's target; version 5. */
export const remoteBlock = struct('XFS remote value', `${source}, struct xfs_attr3_rmt_hdr and xfs_dsymlink_hdr`, {
  magic: field(hex32('big'), '"XARM" for attributes, "XSLM" for symbolic links'),
  valueOffset: field(u32('big'), 'of its first byte within the value'),
  valueBytes: field(u32('big'), 'bytes of the value that it holds'),
  checksum: field(hex32(), 'CRC-32C of the block, little endian'),
  uuid: field(uuid()),
  owner: field(u64('big'), 'inode that it belongs to'),
  place: field(u64('big'), 'where it lies, in sectors of 512 bytes'),
  lastSequence: field(u64('big')),
});
