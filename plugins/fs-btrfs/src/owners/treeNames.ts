import { subvolumesAbove, subvolumeName, type Subvolume } from '../files/subvolumes';
import { ObjectId } from '../trees/key';

const names: Readonly<Record<number, string>> = {
  [ObjectId.ROOT_TREE]: 'the tree of roots',
  [ObjectId.EXTENT_TREE]: 'the tree of extents',
  [ObjectId.CHUNK_TREE]: 'the tree of chunks',
  [ObjectId.DEV_TREE]: 'the tree of devices',
  [ObjectId.CSUM_TREE]: 'the tree of checksums',
  [ObjectId.QUOTA_TREE]: 'the tree of quotas',
  [ObjectId.UUID_TREE]: 'the tree of UUIDs',
  [ObjectId.FREE_SPACE_TREE]: 'the tree of free space',
  [ObjectId.BLOCK_GROUP_TREE]: 'the tree of block groups',
  [ObjectId.RAID_STRIPE_TREE]: 'the tree of stripes',
  [ObjectId.TREE_LOG]: 'the log',
  [ObjectId.TREE_RELOC]: 'a tree that is being moved',
  [ObjectId.DATA_RELOC_TREE]: 'the tree of data that is being moved',
};

/** Whether a tree holds the files of a subvolume. */
export function isFileTree(id: number): boolean {
  return id === ObjectId.FS_TREE || (id >= ObjectId.FIRST_FREE && id <= Number.MAX_SAFE_INTEGER);
}

/** A tree in words; a subvolume by the names of those that it hangs in. */
export function treeName(id: number, subvolumes: ReadonlyMap<number, Subvolume>): string {
  const known = names[id];
  if (known) return known;
  if (id === ObjectId.FS_TREE) return 'the top subvolume';
  if (!isFileTree(id)) return `tree ${id}`;
  const above = subvolumesAbove(subvolumes, id).filter((subvolume) => subvolume.id !== ObjectId.FS_TREE);
  if (above.length === 0) return `subvolume ${id}, which is gone`;
  return `subvolume ${id}, ${above.map(subvolumeName).reverse().join('/')}`;
}
