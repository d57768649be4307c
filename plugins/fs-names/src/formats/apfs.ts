import { ascii, field, safeNumber, struct, u32, u64, uuid } from '@diskwright/sdk/struct';
import { bySuperblock } from '../knownFormat';

const container = struct('APFS container superblock', 'Apple File System Reference, Container, nx_superblock_t', {
  magic: field(ascii(4), 'NXSB', { at: 32 }),
  blockSize: field(u32(), 'bytes'),
  blockCount: field(u64(), 'blocks of the container'),
  uuid: field(uuid(), undefined, { at: 72 }),
});

/** Labels are those of its volumes, which lie behind its object map. */
export const apfs = bySuperblock({
  type: 'apfs',
  what: 'an APFS container',
  layout: container,
  magic: 'magic',
  offsets: [0],
  isIts: ({ magic }) => magic === 'NXSB',
  identity: ({ uuid: id, blockSize, blockCount }) => ({ uuid: id, blockSize, size: blockSize * safeNumber(blockCount) }),
});
