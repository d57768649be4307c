/** Kinds of items. */
export const ItemType = {
  INODE: 1,
  INODE_REF: 12,
  INODE_EXTREF: 13,
  XATTR: 24,
  DIR_ITEM: 84,
  DIR_INDEX: 96,
  EXTENT_DATA: 108,
  EXTENT_CSUM: 128,
  ROOT: 132,
  ROOT_BACKREF: 144,
  ROOT_REF: 156,
  EXTENT: 168,
  METADATA: 169,
  EXTENT_OWNER_REF: 172,
  TREE_BLOCK_REF: 176,
  EXTENT_DATA_REF: 178,
  SHARED_BLOCK_REF: 182,
  SHARED_DATA_REF: 184,
  BLOCK_GROUP: 192,
  FREE_SPACE_INFO: 198,
  FREE_SPACE_EXTENT: 199,
  FREE_SPACE_BITMAP: 200,
  DEV_EXTENT: 204,
  DEV: 216,
  CHUNK: 228,
} as const;

/** Trees and objects that have fixed numbers. Those at the end of the 64 bits are negative, as {@link u64At} reads them. */
export const ObjectId = {
  ROOT_TREE: 1,
  EXTENT_TREE: 2,
  CHUNK_TREE: 3,
  DEV_TREE: 4,
  FS_TREE: 5,
  ROOT_TREE_DIRECTORY: 6,
  CSUM_TREE: 7,
  QUOTA_TREE: 8,
  UUID_TREE: 9,
  FREE_SPACE_TREE: 10,
  BLOCK_GROUP_TREE: 11,
  RAID_STRIPE_TREE: 12,
  TREE_LOG: -6,
  TREE_RELOC: -8,
  DATA_RELOC_TREE: -9,
  EXTENT_CSUM: -10,
  FIRST_CHUNK_TREE: 256,
  FIRST_FREE: 256,
} as const;

/** By which items are found in a tree, in this order. Numbers as {@link u64At} reads them. */
export interface Key {
  objectId: number;
  type: number;
  offset: number;
}

export const KEY_BYTES = 17;
/** Above every other number, as an upper bound of a key's parts. */
export const LARGEST = -1;
const TWO_POW_32 = 2 ** 32;
const SMALLEST_NEGATIVE_HIGH = 0xffe00000;

/**
 * An unsigned number of 64 bits. Those that are less than 2^53 below 2^64 come out negative, so that both ends are exact: what btrfs keeps for itself is
 * numbered from the end. Those between, which are damage, are rounded.
 */
export function u64At(bytes: Buffer, at: number): number {
  const low = bytes.readUInt32LE(at);
  const high = bytes.readUInt32LE(at + 4);
  return (high >= SMALLEST_NEGATIVE_HIGH ? high - TWO_POW_32 : high) * TWO_POW_32 + low;
}

/** The order of numbers as {@link u64At} reads them. */
function compareU64(a: number, b: number): number {
  if (a < 0 !== b < 0) return a < 0 ? 1 : -1;
  return a < b ? -1 : a > b ? 1 : 0;
}

export function keyAt(bytes: Buffer, at: number): Key {
  return { objectId: u64At(bytes, at), type: bytes[at + 8]!, offset: u64At(bytes, at + 9) };
}

/** Order of the key at `at` and `key`. */
export function compareAt(bytes: Buffer, at: number, key: Key): number {
  return compareU64(u64At(bytes, at), key.objectId) || bytes[at + 8]! - key.type || compareU64(u64At(bytes, at + 9), key.offset);
}

export function compareKeys(a: Key, b: Key): number {
  return compareU64(a.objectId, b.objectId) || a.type - b.type || compareU64(a.offset, b.offset);
}

/** As `btrfs inspect-internal dump-tree` names a key. */
export function keyText({ objectId, type, offset }: Key): string {
  return `(${objectId} ${type} ${offset})`;
}
