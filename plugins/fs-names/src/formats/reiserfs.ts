import { ascii, field, struct, u16, u32, u64, utf8, uuid, safeNumber } from '@diskwright/sdk/struct';
import { bySuperblock } from '../knownFormat';

/** By version: 3.5, 3.6, and with a relocated journal. */
const MAGICS = ['ReIsErFs', 'ReIsEr2Fs', 'ReIsEr3Fs'];

const superblock = struct('ReiserFS superblock', 'Linux, fs/reiserfs/reiserfs.h, struct reiserfs_super_block', {
  blocks: field(u32(), 'blocks of the filesystem'),
  freeBlocks: field(u32()),
  rootBlock: field(u32()),
  blockSize: field(u16(), 'bytes', { at: 44 }),
  magic: field(ascii(10), MAGICS.join(', '), { at: 52 }),
  uuid: field(uuid(), 'from version 3.6 on', { at: 84 }),
  label: field(utf8(16), 'from version 3.6 on'),
});

export const reiserfs = bySuperblock({
  type: 'reiserfs',
  what: 'a ReiserFS filesystem',
  layout: superblock,
  magic: 'magic',
  offsets: [65536, 8192],
  isIts: ({ magic }) => MAGICS.includes(magic),
  identity: ({ magic, uuid: id, label, blocks, blockSize }) => ({
    ...(magic !== MAGICS[0] && { uuid: id, label }),
    blockSize,
    size: blocks * blockSize,
  }),
});

const master = struct('Reiser4 master superblock', 'reiser4progs, include/reiser4/types.h, struct reiser4_master_sb', {
  magic: field(ascii(16), 'ReIsEr4'),
  formatId: field(u16()),
  blockSize: field(u16(), 'bytes'),
  uuid: field(uuid()),
  label: field(utf8(16)),
  formatBlock: field(u64(), 'block of the format superblock'),
});

export const reiser4 = bySuperblock({
  type: 'reiser4',
  what: 'a Reiser4 filesystem',
  layout: master,
  magic: 'magic',
  offsets: [65536],
  isIts: ({ magic }) => magic === 'ReIsEr4',
  identity: ({ uuid: id, label, blockSize, formatBlock }) => ({
    uuid: id,
    label,
    blockSize,
    details: [['format superblock', `block ${safeNumber(formatBlock)}`]],
  }),
});
