import { ascii, field, hex16, hex32, struct, u16, u32, u64, u8 } from '@diskwright/sdk/struct';

const SOURCE = 'Partclone 0.3, src/partclone.h';

/** Little endian. */
export const headerV2 = struct('Partclone header, version 2', `${SOURCE}, image_desc_v2`, {
  magic: field(ascii(16), '"partclone-image"'),
  program: field(ascii(14), 'version of the program that made it'),
  version: field(ascii(4), '"0002"'),
  endianness: field(hex16(), '0xc0de'),
  filesystem: field(ascii(16)),
  size: field(u64(), 'bytes of the volume'),
  blocks: field(u64(), 'blocks of the volume'),
  usedBlocksTold: field(u64(), 'used blocks by the filesystem’s own count'),
  usedBlocks: field(u64(), 'blocks that are stored'),
  blockBytes: field(u32()),
  featureBytes: field(u32(), 'bytes of what follows up to the checksum'),
  imageVersion: field(u16(), '2'),
  processorBits: field(u16()),
  checksumMode: field(hex16(), '0 none, 0x20 CRC-32, 0x30 XXH64, 0x31 XXH128'),
  checksumBytes: field(u16()),
  blocksPerChecksum: field(u32()),
  reseeded: field(u8(), '1: each checksum is by itself; 0: each goes on from the one before'),
  bitmapMode: field(u8(), '0 no bitmap, 1 bits, 8 bytes'),
  checksum: field(hex32(), 'CRC-32 of what is before'),
});

export const headerV1 = struct(
  'Partclone header, version 1',
  `${SOURCE}, image_desc_v1`,
  {
    magic: field(ascii(15), '"partclone-image"'),
    filesystem: field(ascii(15)),
    version: field(ascii(4), '"0001"'),
    padding: field(u16()),
    blockBytes: field(u32()),
    size: field(u64()),
    blocks: field(u64()),
    usedBlocks: field(u64()),
  },
  { size: 36 + 28 + 4096 },
);

export const Checksum = { none: 0, crc32: 0x20, xxh64: 0x30, xxh128: 0x31 } as const;
export const Bitmap = { none: 0, bits: 1, bytes: 8 } as const;
/** Behind the bitmap of version 1. */
export const BITMAP_END = 'BiTmAgIc';
