import { array, field, hex64, struct, u16, u32, u64, u8, uuid, type FieldType } from '@diskwright/sdk/struct';

const source = (name: string): string => `Linux, include/uapi/linux/btrfs_tree.h, struct ${name}`;

/** Seconds since 1970 in 64 bits, with a sign, and nanoseconds. */
const time = (): FieldType<{ seconds: number; nanoseconds: number }> => ({
  size: 12,
  typeName: 'seconds since 1970 in 64 bits, nanoseconds in 32',
  read: (buffer, offset) => ({
    seconds: buffer.readInt32LE(offset + 4) * 2 ** 32 + buffer.readUInt32LE(offset),
    nanoseconds: buffer.readUInt32LE(offset + 8),
  }),
  write: (buffer, offset, { seconds, nanoseconds }) => {
    buffer.writeBigInt64LE(BigInt(seconds), offset);
    buffer.writeUInt32LE(nanoseconds, offset + 8);
  },
  format: ({ seconds, nanoseconds }) => `${seconds}.${String(nanoseconds).padStart(9, '0')}`,
  parse: (text) => {
    const [, seconds, fraction = ''] = /^(-?\d{1,15})(?:\.(\d{1,9}))?$/.exec(text.trim()) ?? [];
    if (seconds === undefined) throw new RangeError(`"${text}" is not a number of seconds`);
    return { seconds: Number(seconds), nanoseconds: Number(fraction.padEnd(9, '0')) };
  },
});

export const inodeItem = struct('btrfs inode', source('btrfs_inode_item'), {
  generation: field(u64(), 'transaction that made it'),
  transaction: field(u64(), 'transaction that changed it last'),
  size: field(u64(), 'bytes of its content; of a directory, of its names twice'),
  allocatedBytes: field(u64()),
  blockGroup: field(u64()),
  links: field(u32(), 'names'),
  userId: field(u32()),
  groupId: field(u32()),
  mode: field(u32(), 'type and permissions'),
  device: field(u64(), 'of a device: major number above 20 bits of the minor one'),
  flags: field(hex64()),
  sequence: field(u64()),
  reserved: field(array(u64(), 4)),
  accessed: field(time()),
  changed: field(time(), 'the inode'),
  modified: field(time(), 'the content'),
  created: field(time()),
});

/** What stands in the tree of roots for each tree; a subvolume's has what comes behind `level` as well. */
export const rootItem = struct(
  'btrfs root',
  source('btrfs_root_item'),
  {
    generation: field(u64(), 'transaction that wrote the root', { at: 160 }),
    rootDirectory: field(u64(), 'inode of the root directory'),
    logical: field(u64(), 'address of the root block'),
    byteLimit: field(u64()),
    bytesUsed: field(u64()),
    lastSnapshot: field(u64(), 'transaction of the last snapshot of it'),
    flags: field(hex64(), '1: read-only'),
    references: field(u32(), '0: deleted'),
    level: field(u8(), undefined, { at: 238 }),
  },
  { size: 239 },
);

/** What follows a root in all filesystems since Linux 3.6. */
export const rootIdentity = struct(
  'btrfs subvolume',
  source('btrfs_root_item'),
  {
    generation2: field(u64(), 'as the generation, when this part is valid', { at: 239 }),
    uuid: field(uuid()),
    parentUuid: field(uuid(), 'of the subvolume that it is a snapshot of'),
    receivedUuid: field(uuid()),
  },
  { size: 439 },
);

const fileExtentHead = {
  generation: field(u64()),
  contentBytes: field(u64(), 'bytes of the extent when decompressed'),
  compression: field(u8(), undefined, { meaning: (value) => ['none', 'zlib', 'LZO', 'zstd'][value] }),
  encryption: field(u8()),
  otherEncoding: field(u16()),
  kind: field(u8(), undefined, { meaning: (value) => ['inline', 'regular', 'preallocated'][value] }),
};

/** Of a file extent what stands in front of inline bytes. */
export const fileExtent = struct('btrfs inline file extent', source('btrfs_file_extent_item'), fileExtentHead);

/** A file extent that is not inline. */
export const extentPlace = struct('btrfs file extent', source('btrfs_file_extent_item'), {
  ...fileExtentHead,
  logical: field(u64(), 'address of the extent; 0: a hole'),
  diskBytes: field(u64(), 'bytes of the extent on the disk'),
  skipped: field(u64(), 'bytes of the decompressed extent in front of those that belong here'),
  length: field(u64(), 'bytes of the file'),
});
