import { ascii, bytes, field, struct, u16, u64, utf8, uuid } from '@diskwright/sdk/struct';
import { bySuperblock, type Identity } from '../knownFormat';

/** Where the superblock lies: sector 8. */
const OFFSET = 4096;
const SECTOR_BYTES = 512;
const BCACHE_MAGIC = 'c68573f64e1a45ca8265f57f48ba6d81';
const BCACHEFS_MAGIC = 'c68573f666ce90a9d96a60cf803df7ef';
/** Of bcache, which bcachefs took its first superblocks from. */
const LAST_BCACHE_VERSION = 6;

const superblock = struct('bcachefs superblock', 'Linux, fs/bcachefs/bcachefs_format.h, struct bch_sb', {
  checksum: field(bytes(16)),
  version: field(u16()),
  leastVersion: field(u16(), 'of all structures in it'),
  magic: field(bytes(16), 'that of bcache in old filesystems', { at: 24 }),
  uuid: field(uuid(), 'internal'),
  userUuid: field(uuid(), 'which people and tools use'),
  label: field(utf8(32)),
  offset: field(u64(), 'sector of this superblock'),
  sequence: field(u64()),
  blockSize: field(u16(), 'sectors'),
  deviceIndex: field(ascii(1), 'of this device among those of the filesystem'),
});

const cache = struct('bcache superblock', 'Linux, drivers/md/bcache/bcache_ondisk.h, struct cache_sb_disk', {
  checksum: field(u64()),
  offset: field(u64(), 'sector of this superblock: 8'),
  version: field(u64()),
  magic: field(bytes(16)),
  uuid: field(uuid()),
});

export const bcachefs = bySuperblock({
  type: 'bcachefs',
  what: 'a member of a bcachefs filesystem',
  layout: superblock,
  magic: 'magic',
  offsets: [OFFSET],
  isIts: ({ magic, offset }) => {
    const text = magic.toString('hex');
    return text === BCACHEFS_MAGIC || (text === BCACHE_MAGIC && offset === BigInt(OFFSET / SECTOR_BYTES));
  },
  identity: ({ userUuid, label, blockSize }): Identity => ({ uuid: userUuid, label, blockSize: blockSize * SECTOR_BYTES }),
});

export const bcache = bySuperblock({
  type: 'bcache',
  what: 'a device of bcache',
  layout: cache,
  magic: 'magic',
  offsets: [OFFSET],
  isIts: ({ magic, offset, version }) =>
    magic.toString('hex') === BCACHE_MAGIC && offset === BigInt(OFFSET / SECTOR_BYTES) && version <= LAST_BCACHE_VERSION,
  identity: ({ uuid: id }) => ({ uuid: id }),
});
