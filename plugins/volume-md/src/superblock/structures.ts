import {
  array,
  ascii,
  bytes,
  type Endianness,
  field,
  hex32,
  hex8,
  i32,
  nested,
  struct,
  u16,
  u32,
  u64,
  u8,
  uuid,
} from '@diskwright/sdk/struct';

const SOURCE = 'Linux, include/uapi/linux/raid/md_p.h';

export const MAGIC = 0xa92b4efc;
/** All places and sizes are in these, whatever the device has. */
export const SECTOR_BYTES = 512;

/** Little endian. The roles of `roleCount` devices follow, two bytes each. */
export const superblock1 = struct(
  'md superblock, version 1',
  `${SOURCE}, struct mdp_superblock_1`,
  {
    magic: field(hex32(), '0xa92b4efc'),
    majorVersion: field(u32(), '1'),
    features: field(hex32()),
    setUuid: field(uuid(), undefined, { at: 16 }),
    setName: field(bytes(32), 'host:name'),
    created: field(u64(), 'seconds since 1970 in the lower 40 bits'),
    level: field(i32(), '-1: linear'),
    layout: field(u32()),
    sizeSectors: field(u64(), 'used of each device'),
    chunkSectors: field(u32()),
    raidDisks: field(u32(), 'devices of a whole array'),
    bitmapSector: field(i32(), 'of the write-intent bitmap, from here'),
    dataSector: field(u64(), 'where the data begin on this device', { at: 128 }),
    dataSectors: field(u64(), 'of this device that data may use'),
    superblockSector: field(u64(), 'where this superblock stands'),
    recoverySector: field(u64(), 'before it, this device is rebuilt'),
    deviceNumber: field(u32(), 'of this device, among the roles'),
    deviceUuid: field(uuid(), undefined, { at: 168 }),
    deviceFlags: field(hex8(), '1: read from only when it must be'),
    badBlockShift: field(u8()),
    badBlockSectors: field(u16(), 'of the log of bad blocks'),
    badBlockSector: field(i32(), 'of the log, from here'),
    updated: field(u64()),
    events: field(u64(), 'counts the changes of the superblock'),
    resyncSector: field(u64(), 'before it, the copies are the same; all ones: all of them'),
    checksum: field(hex32()),
    roleCount: field(u32()),
  },
  { size: 256 },
);

export const Feature = {
  bitmap: 1,
  recovery: 2,
  reshape: 4,
  badBlocks: 8,
  replacement: 16,
  reshapeBackwards: 32,
  newOffset: 64,
  recoveryBitmap: 128,
  clustered: 256,
  journal: 512,
  ppl: 1024,
  multiplePpls: 2048,
  raid0Layout: 4096,
} as const;
export const KNOWN_FEATURES = Object.values(Feature).reduce<number>((all, feature) => all | feature, 0);
export const WRITE_MOSTLY = 1;

/** In the roles; below, a position in the array. */
export const Role = { highest: 0xff00, journal: 0xfffd, faulty: 0xfffe, spare: 0xffff } as const;

export const SUPERBLOCK0_BYTES = 4096;
const DESCRIPTORS = 27;

/** A device, in words of 32 bits. */
const descriptor0 = (endianness: Endianness) =>
  struct(
    'md device',
    `${SOURCE}, struct mdp_device_descriptor_s`,
    {
      number: field(u32(endianness)),
      major: field(u32(endianness)),
      minor: field(u32(endianness)),
      position: field(u32(endianness), 'in the array'),
      state: field(hex32(endianness), 'bits: 0 faulty, 1 active, 2 in sync, 3 removed, 9 read from only when it must be'),
    },
    { size: 128 },
  );
export const DescriptorState = { faulty: 1 << 0, active: 1 << 1, inSync: 1 << 2, removed: 1 << 3, writeMostly: 1 << 9 } as const;

/** In the byte order of the machine that made it; sizes in KiB. */
const superblock0 = (endianness: Endianness) =>
  struct(
    `md superblock, version 0.90, ${endianness} endian`,
    `${SOURCE}, struct mdp_superblock_s`,
    {
      magic: field(hex32(endianness), '0xa92b4efc'),
      majorVersion: field(u32(endianness), '0'),
      minorVersion: field(u32(endianness), '90; 91 while the array is reshaped'),
      uuid0: field(hex32(endianness), undefined, { at: 20 }),
      created: field(u32(endianness), 'seconds since 1970'),
      level: field(i32(endianness), '-1: linear'),
      sizeKibibytes: field(u32(endianness), 'used of each device'),
      devices: field(u32(endianness), 'spare ones included'),
      raidDisks: field(u32(endianness), 'devices of a whole array'),
      uuid1: field(hex32(endianness), undefined, { at: 52 }),
      uuid2: field(hex32(endianness)),
      uuid3: field(hex32(endianness)),
      updated: field(u32(endianness), undefined, { at: 128 }),
      state: field(hex32(endianness), 'bits: 0 clean, 1 errors, 8 a bitmap follows'),
      checksum: field(hex32(endianness), undefined, { at: 152 }),
      events: field(u64(endianness)),
      layout: field(u32(endianness), undefined, { at: 256 }),
      chunkBytes: field(u32(endianness)),
      descriptors: field(array(nested(descriptor0(endianness)), DESCRIPTORS), undefined, { at: 512 }),
      own: field(nested(descriptor0(endianness)), 'this device', { at: 3968 }),
    },
    { size: SUPERBLOCK0_BYTES },
  );
export const superblocks0 = { little: superblock0('little'), big: superblock0('big') };
export const StateBit = { clean: 1 << 0, bitmap: 1 << 8 } as const;

/** Little endian in all versions; a bit for each chunk follows. */
export const bitmapSuperblock = struct(
  'md bitmap superblock',
  'Linux, drivers/md/md-bitmap.h, struct bitmap_super_s',
  {
    magic: field(ascii(4), 'bitm'),
    version: field(u32(), '4; 3 in the byte order of the machine, 5 clustered'),
    setUuid: field(uuid()),
    events: field(u64()),
    eventsCleared: field(u64()),
    syncSectors: field(u64(), 'that the bits stand for'),
    state: field(hex32()),
    chunkBytes: field(u32(), 'a bit'),
  },
  { size: 256 },
);
