import { field, hex16, hex32, hex64, struct, u16, u32, u64, u8, uuid } from '@diskwright/sdk/struct';

const be16 = u16('big');
const be32 = u32('big');
const be64 = u64('big');

/** `IN`. */
export const INODE_MAGIC = 0x494e;
/** Where the forks begin: behind the fields of versions 1 and 2, and of version 3. */
export const FORKS_AT = { short: 100, long: 176 } as const;
export const INODE_CHECKSUM_AT = 100;

/** How a fork is kept. */
export const ForkFormat = { DEVICE: 0, LOCAL: 1, EXTENTS: 2, TREE: 3 } as const;
const formats = ['device number', 'in the inode', 'extents', 'tree of extents', 'UUID', 'tree of the realtime device'];

/** Bits of `flags` and `flags2` that decide what the rest means. */
export const InodeFlag = { REALTIME: 0x1 } as const;
export const InodeFlag2 = { REFLINK: 0x2, BIG_TIME: 0x8, LARGE_COUNTS: 0x10 } as const;

const flagNames = [
  'realtime',
  'preallocated',
  'new bitmap',
  'immutable',
  'append only',
  'synchronous',
  'no access times',
  'no dump',
  'realtime inherited',
  'project inherited',
  'no symbolic links',
  'extent size hint',
  'extent size hint inherited',
  'no defragmentation',
  'filestreams',
];
const flag2Names = ['direct access', 'shared extents', 'copy-on-write hint', 'large times', 'large extent counts', 'metadata'];

/** The flags that are set, in words; unnamed ones as bits. */
export function inodeFlagsInWords(flags: number, flags2: number): string {
  const words = (bits: number, names: readonly string[]): string[] =>
    Array.from({ length: 32 }, (_, bit) => ((bits >>> bit) & 1 ? (names[bit] ?? `bit ${bit}`) : '')).filter(Boolean);
  return [...words(flags, flagNames), ...words(flags2, flag2Names)].join(', ');
}

const inFormat = { meaning: (value: number) => formats[value] };

/** An inode; from `checksum` on version 3 alone, which the filesystem's version 5 has. Big endian, but for the checksum. */
export const inode = struct(
  'XFS inode',
  'Linux kernel, fs/xfs/libxfs/xfs_format.h, struct xfs_dinode',
  {
    magic: field(hex16('big'), 'always 0x494e, "IN"', { check: (value) => (value === INODE_MAGIC ? null : 'is not 0x494e') }),
    mode: field(hex16('big'), 'type and permissions'),
    version: field(u8()),
    format: field(u8(), 'how the content is kept', inFormat),
    oldLinks: field(be16, 'names, version 1'),
    userId: field(be32),
    groupId: field(be32),
    links: field(be32, 'names'),
    projectLow: field(be16),
    projectHigh: field(be16),
    largeExtentsCount: field(be64, 'extents of the content, with NREXT64'),
    accessTime: field(hex64('big'), 'seconds and nanoseconds; nanoseconds since 1901 with BIGTIME'),
    modificationTime: field(hex64('big')),
    changeTime: field(hex64('big')),
    size: field(be64, 'bytes'),
    blocksCount: field(be64, 'blocks in use'),
    extentSizeHint: field(be32, 'blocks'),
    extentsCount: field(be32, 'extents of the content; of the attributes with NREXT64'),
    attributeExtentsCount: field(be16),
    attributesAt: field(u8(), 'where the attributes begin, in units of 8 bytes behind the fields; 0 for none'),
    attributesFormat: field(u8(), 'how the attributes are kept', inFormat),
    eventMask: field(hex32('big')),
    eventState: field(hex16('big')),
    flags: field(hex16('big')),
    generation: field(be32),
    nextUnlinked: field(be32, 'next in the list of inodes without a name'),
    checksum: field(hex32(), 'CRC-32C of the inode, little endian'),
    changeCount: field(be64),
    lastSequence: field(be64),
    flags2: field(hex64('big')),
    copyOnWriteHint: field(be32, 'blocks'),
    creationTime: field(hex64('big'), undefined, { at: 144 }),
    number: field(be64),
    uuid: field(uuid()),
  },
  { size: FORKS_AT.long },
);
