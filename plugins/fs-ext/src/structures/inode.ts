import { bytes, field, hex16, hex32, struct, u16, u32, unixTime32 } from '@diskwright/sdk/struct';

/** Bits of `flags` that decide what `block` holds. */
export const InodeFlag = { EXTENTS: 0x80000, INLINE_DATA: 0x10000000 } as const;

/** The part of an inode that every revision has. Little endian. */
export const inode = struct(
  'ext inode',
  'Linux kernel, Documentation/filesystems/ext4/inodes.rst; struct ext4_inode',
  {
    mode: field(hex16(), 'type and permissions'),
    uidLow: field(u16()),
    sizeLow: field(u32(), 'bytes, low 32 bits'),
    accessTime: field(unixTime32()),
    changeTime: field(unixTime32()),
    modificationTime: field(unixTime32()),
    deletionTime: field(unixTime32()),
    gidLow: field(u16()),
    linksCount: field(u16()),
    blocksLow: field(u32(), 'sectors of 512 bytes (or blocks with huge_file)'),
    flags: field(hex32()),
    version: field(u32()),
    block: field(bytes(60), 'block map, extent tree, inline data or symbolic link'),
    generation: field(u32()),
    fileAclLow: field(u32(), 'block of extended attributes, low 32 bits'),
    sizeHigh: field(u32(), 'bytes, high 32 bits'),
  },
  { size: 128 },
);
