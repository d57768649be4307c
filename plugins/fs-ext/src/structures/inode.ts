import { bytes, field, hex16, hex32, struct, u16, u32, unixTime32 } from '@diskwright/sdk/struct';

/** Bits of `flags` that decide what `block` holds or how content is to be read. */
export const InodeFlag = {
  ENCRYPT: 0x800,
  INDEX: 0x1000,
  HUGE_FILE: 0x40000,
  EXTENTS: 0x80000,
  EA_INODE: 0x200000,
  INLINE_DATA: 0x10000000,
  CASEFOLD: 0x40000000,
} as const;

const flagNames: Record<number, string> = {
  0x1: 'secure deletion',
  0x2: 'undeletable',
  0x4: 'compressed',
  0x8: 'synchronous',
  0x10: 'immutable',
  0x20: 'append only',
  0x40: 'no dump',
  0x80: 'no access times',
  0x800: 'encrypted',
  0x1000: 'hashed directory',
  0x4000: 'journalled data',
  0x8000: 'no tail merging',
  0x10000: 'synchronous directory',
  0x20000: 'top of hierarchy',
  0x40000: 'size in blocks',
  0x80000: 'extents',
  0x100000: 'verity',
  0x200000: 'value of an attribute',
  0x2000000: 'direct access',
  0x10000000: 'inline data',
  0x20000000: 'project inherited',
  0x40000000: 'case ignored',
};

/** The flags that are set, in words; unnamed ones in hexadecimal. */
export function inodeFlagsInWords(flags: number): string {
  const words: string[] = [];
  for (let bit = 0; bit < 32; bit++) {
    const mask = (1 << bit) >>> 0;
    if ((flags & mask) !== 0) words.push(flagNames[mask] ?? `0x${mask.toString(16)}`);
  }
  return words.join(', ');
}

const source = 'Linux kernel, Documentation/filesystems/ext4/inodes.rst; struct ext4_inode';

const inodeFields = {
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
  flags: field(hex32(), undefined, { meaning: (flags) => inodeFlagsInWords(flags) || undefined }),
  version: field(u32()),
  block: field(bytes(60), 'block map, extent tree, inline data or symbolic link'),
  generation: field(u32()),
  fileAclLow: field(u32(), 'block of extended attributes, low 32 bits'),
  sizeHigh: field(u32(), 'bytes, high 32 bits'),
  blocksHigh: field(u16(), undefined, { at: 0x74 }),
  fileAclHigh: field(u16()),
  uidHigh: field(u16()),
  gidHigh: field(u16()),
  checksumLow: field(hex16(), 'CRC-32C, low 16 bits, with metadata_csum'),
};
/** The part of an inode that every revision has. Little endian. */
export const inode = struct('ext inode', source, inodeFields, { size: 128 });

/** What inodes of more than 128 bytes have behind those, as far as `extraSize` reaches. Offsets are from the inode's start. */
const largeInodeFields = {
  extraSize: field(u16(), 'bytes of the fields from here on', { at: 0x80 }),
  checksumHigh: field(hex16(), 'CRC-32C, high 16 bits, with metadata_csum'),
  changeTimeExtra: field(hex32(), 'bits 0 and 1: epoch; the others: nanoseconds'),
  modificationTimeExtra: field(hex32()),
  accessTimeExtra: field(hex32()),
  creationTime: field(unixTime32()),
  creationTimeExtra: field(hex32()),
  versionHigh: field(u32()),
  projectId: field(u32()),
};
export const largeInode = struct('ext large inode', source, largeInodeFields);
/** Both of them, as an inode with room for them is shown. */
export const wholeInode = struct(inode.name, source, { ...inodeFields, ...largeInodeFields });
