import { field, hex32, safeNumber, struct, u16, u32, u64, utf16, uuid } from '@diskwright/sdk/struct';
import { bySuperblock } from '../knownFormat';

const MAGIC = 0xf2f52010;

const superblock = struct('F2FS superblock', 'Linux, include/linux/f2fs_fs.h, struct f2fs_super_block', {
  magic: field(hex32(), '0xf2f52010'),
  majorVersion: field(u16()),
  minorVersion: field(u16()),
  blockSizeBits: field(u32(), 'log2 of the block size', { at: 16 }),
  blocks: field(u64(), 'blocks of the filesystem', { at: 36 }),
  uuid: field(uuid(), undefined, { at: 108 }),
  label: field(utf16(512)),
});

export const f2fs = bySuperblock({
  type: 'f2fs',
  what: 'an F2FS filesystem',
  layout: superblock,
  magic: 'magic',
  offsets: [1024],
  isIts: ({ magic }) => magic === MAGIC,
  identity({ uuid: id, label, blocks, blockSizeBits, majorVersion, minorVersion }) {
    const details: [string, string][] = [['version', `${majorVersion}.${minorVersion}`]];
    const known = { uuid: id, label, details };
    if (blockSizeBits < 9 || blockSizeBits > 16) return known;
    const blockSize = 2 ** blockSizeBits;
    return { ...known, blockSize, size: safeNumber(blocks) * blockSize };
  },
});
