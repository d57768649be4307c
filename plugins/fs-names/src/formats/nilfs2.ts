import { field, hex16, safeNumber, struct, u16, u32, u64, utf8, uuid } from '@diskwright/sdk/struct';
import { bySuperblock } from '../knownFormat';

const MAGIC = 0x3434;
const LEAST_BLOCK_BYTES = 1024;

const superblock = struct('NILFS2 superblock', 'Linux, include/uapi/linux/nilfs2_ondisk.h, struct nilfs_super_block', {
  revision: field(u32()),
  magic: field(hex16(), '0x3434', { at: 6 }),
  bytes: field(u16(), 'of the superblock'),
  blockSizeBits: field(u32(), 'log2 of the block size / 1024', { at: 20 }),
  segments: field(u64()),
  deviceSize: field(u64(), 'bytes'),
  uuid: field(uuid(), undefined, { at: 152 }),
  label: field(utf8(80)),
});

export const nilfs2 = bySuperblock({
  type: 'nilfs2',
  what: 'a NILFS2 filesystem',
  layout: superblock,
  magic: 'magic',
  offsets: [1024],
  isIts: ({ magic, bytes, blockSizeBits }) => magic === MAGIC && bytes >= 240 && bytes <= 1024 && blockSizeBits <= 6,
  identity: ({ uuid: id, label, blockSizeBits, deviceSize }) => ({
    uuid: id,
    label,
    blockSize: LEAST_BLOCK_BYTES * 2 ** blockSizeBits,
    size: safeNumber(deviceSize),
  }),
});
