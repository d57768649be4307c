import { bytes, field, hex64, struct, u32, u64, u8, uuid } from '@diskwright/sdk/struct';

const source = 'Linux, include/uapi/linux/btrfs_tree.h, struct btrfs_header';

/** What every block of a tree begins with. */
export const treeBlockHeader = struct('btrfs tree block', source, {
  checksum: field(bytes(32), 'over all bytes behind it'),
  filesystemId: field(uuid()),
  logical: field(u64(), 'logical address of the block'),
  flags: field(hex64()),
  chunkTreeId: field(uuid()),
  generation: field(u64(), 'transaction that wrote it'),
  owner: field(u64(), 'tree that it was made for'),
  itemsCount: field(u32()),
  level: field(u8(), '0: a leaf'),
});

export const HEADER_BYTES = treeBlockHeader.size;
/** In a node: key, address and generation of a child. */
export const POINTER_BYTES = 33;
/** In a leaf: key, place and size of an item. */
export const ITEM_HEAD_BYTES = 25;
export const HIGHEST_LEVEL = 7;
