import { ascii, bytes, field, hex32, struct, u16, u32, u64, u8, uuid } from '@diskwright/sdk/struct';

const SOURCE = 'Microsoft, Virtual Hard Disk Image Format Specification 1.0';

/** Big endian, as all of the format. The last 512 bytes of a file; of a dynamic one the first as well. */
export const footer = struct(
  'VHD footer',
  `${SOURCE}, "Hard Disk Footer Format"`,
  {
    cookie: field(ascii(8), '"conectix"'),
    features: field(hex32('big')),
    version: field(hex32('big'), '0x00010000'),
    headerOffset: field(u64('big'), 'where the dynamic header stands; all ones of a fixed disk'),
    timestamp: field(u32('big'), 'seconds since 2000'),
    creator: field(ascii(4)),
    creatorVersion: field(hex32('big')),
    creatorHost: field(hex32('big')),
    originalSize: field(u64('big')),
    size: field(u64('big'), 'bytes of the disk'),
    cylinders: field(u16('big')),
    heads: field(u8()),
    sectorsPerTrack: field(u8()),
    type: field(u32('big'), '2 fixed, 3 dynamic, 4 differencing', {
      meaning: (value) => ({ 2: 'fixed', 3: 'dynamic', 4: 'differencing' })[value],
    }),
    checksum: field(hex32('big'), 'ones complement of the sum of all other bytes'),
    id: field(uuid()),
    savedState: field(u8()),
  },
  { size: 512 },
);

export const dynamicHeader = struct(
  'VHD dynamic disk header',
  `${SOURCE}, "Dynamic Disk Header Format"`,
  {
    cookie: field(ascii(8), '"cxsparse"'),
    dataOffset: field(u64('big'), 'not used'),
    tableOffset: field(u64('big'), 'where the block allocation table stands'),
    version: field(hex32('big'), '0x00010000'),
    entries: field(u32('big'), 'entries of the table'),
    blockBytes: field(u32('big'), 'bytes of data a block'),
    checksum: field(hex32('big'), 'ones complement of the sum of all other bytes'),
    parentId: field(uuid()),
    parentTimestamp: field(u32('big')),
    parentName: field(bytes(512), 'UTF-16, big endian', { at: 64 }),
  },
  { size: 1024 },
);

export const LOCATOR_COUNT = 8;
export const LOCATORS_AT = 576;
export const parentLocator = struct('VHD parent locator', `${SOURCE}, "Parent Locator Entries"`, {
  platform: field(ascii(4), '"W2ru": a relative path in UTF-16, little endian; "W2ku": an absolute one'),
  space: field(u32('big')),
  length: field(u32('big'), 'bytes of the path'),
  reserved: field(u32('big')),
  offset: field(u64('big')),
});
