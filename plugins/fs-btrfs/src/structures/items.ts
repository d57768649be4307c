import { field, hex64, struct, u16, u32, u64, u8, type StructLayout } from '@diskwright/sdk/struct';
import type { StructureInstance } from '@diskwright/sdk/protocol';
import { ItemType } from '../trees/key';
import { blockGroupItem, chunkItem } from './chunk';
import { extentPlace, fileExtent, inodeItem, rootItem } from './inode';
import { deviceItem } from './superblock';

const source = (name: string): string => `Linux, include/uapi/linux/btrfs_tree.h, struct ${name}`;

/** In front of a name, and of the value of an attribute behind it. */
const directoryEntry = struct('btrfs directory entry', source('btrfs_dir_item'), {
  objectId: field(u64(), 'inode, or tree of a subvolume'),
  type: field(u8(), '1: an inode; 132: a subvolume'),
  keyOffset: field(u64()),
  transaction: field(u64()),
  dataLength: field(u16(), 'bytes of the value of an attribute'),
  nameLength: field(u16()),
  fileType: field(u8()),
});

const inodeReference = struct('btrfs name of an inode', source('btrfs_inode_ref'), {
  index: field(u64(), 'number of the entry in its directory'),
  nameLength: field(u16()),
});

const rootReference = struct('btrfs reference of a subvolume', source('btrfs_root_ref'), {
  directory: field(u64(), 'inode of the directory that it hangs in'),
  sequence: field(u64()),
  nameLength: field(u16()),
});

const extentItem = struct('btrfs extent', source('btrfs_extent_item'), {
  references: field(u64()),
  generation: field(u64()),
  flags: field(hex64(), undefined, { meaning: (value) => ((value & 1n) !== 0n ? 'data' : 'tree block') }),
});

const deviceExtent = struct('btrfs device extent', source('btrfs_dev_extent'), {
  chunkTree: field(u64()),
  chunkObject: field(u64()),
  chunkLogical: field(u64(), 'logical address of the chunk that lies here'),
  length: field(u64()),
});

const freeSpaceInfo = struct('btrfs free space', source('btrfs_free_space_info'), {
  extentCount: field(u32()),
  flags: field(u32(), '1: kept as bitmaps'),
});

/** What is used of a description, whatever its fields. */
export interface ItemLayout {
  readonly name: string;
  readonly size: number;
  instance(buffer: Buffer, offset: number, base: number, code: string): StructureInstance;
  encodeField: StructLayout<Record<string, never>>['encodeField'];
}

const layouts: Readonly<Record<number, ItemLayout>> = {
  [ItemType.INODE]: inodeItem,
  [ItemType.INODE_REF]: inodeReference,
  [ItemType.XATTR]: directoryEntry,
  [ItemType.DIR_ITEM]: directoryEntry,
  [ItemType.DIR_INDEX]: directoryEntry,
  [ItemType.EXTENT_DATA]: fileExtent,
  [ItemType.ROOT]: rootItem,
  [ItemType.ROOT_BACKREF]: rootReference,
  [ItemType.ROOT_REF]: rootReference,
  [ItemType.EXTENT]: extentItem,
  [ItemType.METADATA]: extentItem,
  [ItemType.BLOCK_GROUP]: blockGroupItem,
  [ItemType.FREE_SPACE_INFO]: freeSpaceInfo,
  [ItemType.DEV_EXTENT]: deviceExtent,
  [ItemType.DEV]: deviceItem,
  [ItemType.CHUNK]: chunkItem,
};

/** What an item of a leaf is described by; null for what has none, or is too short for it. */
export function itemLayout(type: number, item: Buffer): ItemLayout | null {
  const layout = layouts[type];
  if (!layout || layout.size > item.length) return null;
  return layout === fileExtent && item[20] !== 0 && item.length >= extentPlace.size ? extentPlace : layout;
}
