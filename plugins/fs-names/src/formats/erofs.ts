import { field, hex32, struct, u32, u64, u8, utf8, uuid } from '@diskwright/sdk/struct';
import { bySuperblock } from '../knownFormat';

const MAGIC = 0xe0f5e1e2;

const superblock = struct('EROFS superblock', 'Linux, fs/erofs/erofs_fs.h, struct erofs_super_block', {
  magic: field(hex32(), '0xe0f5e1e2'),
  checksum: field(hex32()),
  features: field(hex32(), 'compatible'),
  blockSizeBits: field(u8(), 'log2 of the block size'),
  inodes: field(u64(), undefined, { at: 16 }),
  blocks: field(u32(), 'blocks of the filesystem', { at: 36 }),
  uuid: field(uuid(), undefined, { at: 48 }),
  label: field(utf8(16)),
});

export const erofs = bySuperblock({
  type: 'erofs',
  what: 'an EROFS filesystem',
  layout: superblock,
  magic: 'magic',
  offsets: [1024],
  isIts: ({ magic }) => magic === MAGIC,
  identity({ uuid: id, label, blocks, blockSizeBits }) {
    const known = { uuid: id, label };
    if (blockSizeBits < 9 || blockSizeBits > 16) return known;
    const blockSize = 2 ** blockSizeBits;
    return { ...known, blockSize, size: blocks * blockSize };
  },
});
