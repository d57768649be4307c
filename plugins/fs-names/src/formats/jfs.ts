import { ascii, field, safeNumber, struct, u16, u32, u64, utf8, uuid } from '@diskwright/sdk/struct';
import { bySuperblock } from '../knownFormat';

const superblock = struct('JFS superblock', 'Linux, fs/jfs/jfs_superblock.h, struct jfs_superblock', {
  magic: field(ascii(4), 'JFS1'),
  version: field(u32()),
  size: field(u64(), 'hardware blocks of the filesystem'),
  blockSize: field(u32(), 'bytes'),
  blockSizeBits: field(u16(), 'log2 of it'),
  hardwareBlockSize: field(u32(), 'bytes', { at: 24 }),
  uuid: field(uuid(), undefined, { at: 136 }),
  label: field(utf8(16)),
});

export const jfs = bySuperblock({
  type: 'jfs',
  what: 'a JFS filesystem',
  layout: superblock,
  magic: 'magic',
  offsets: [32768],
  isIts: ({ magic, blockSize, blockSizeBits }) => magic === 'JFS1' && blockSizeBits < 32 && blockSize === 2 ** blockSizeBits,
  identity: ({ uuid: id, label, blockSize, size, hardwareBlockSize }) => ({
    uuid: id,
    label,
    blockSize,
    size: safeNumber(size) * hardwareBlockSize,
  }),
});
