import { Incompatible, ReadOnlyCompatible } from './features';
import type { Geometry } from './geometry';

/** A run of blocks that belongs to the filesystem itself. */
export interface BlockRun {
  firstBlock: number;
  blocks: number;
}

function isPowerOf(base: number, value: number): boolean {
  let power = base;
  while (power < value) power *= base;
  return power === value;
}

/** First block of a group. */
export function groupFirstBlock(geometry: Geometry, group: number): number {
  return geometry.firstDataBlock + group * geometry.blocksPerGroup;
}

/** Blocks of a group; the last one may be shorter. */
export function groupBlocks(geometry: Geometry, group: number): number {
  return Math.min(geometry.blocksPerGroup, geometry.blocksCount - groupFirstBlock(geometry, group));
}

/** Whether a group begins with a superblock or its backup (e2fsprogs, `ext2fs_bg_has_super`). */
export function hasSuperblock(geometry: Geometry, group: number): boolean {
  if (group === 0) return true;
  if (geometry.backupGroups) return geometry.backupGroups.includes(group);
  const sparse = (geometry.features.readOnlyCompatible & ReadOnlyCompatible.SPARSE_SUPER) !== 0;
  if (group === 1 || !sparse) return true;
  if (group % 2 === 0) return false;
  return isPowerOf(3, group) || isPowerOf(5, group) || isPowerOf(7, group);
}

/** Groups with a superblock, ascending, group 0 included. Generated, since without sparse_super that is every group. */
export function* superblockGroups(geometry: Geometry): IterableIterator<number> {
  for (let group = 0; group < geometry.groupsCount; group++) if (hasSuperblock(geometry, group)) yield group;
}

/**
 * Block that the superblock of a group takes. With blocks of 1 KiB and bigalloc group 0 begins at block 0, but the primary superblock lies in
 * block 1 all the same.
 */
export function superblockBlock(geometry: Geometry, group: number): number {
  const first = groupFirstBlock(geometry, group);
  return first === 0 && geometry.blockSize === 1024 ? 1 : first;
}

/** Block of the primary group descriptor table that holds the descriptors from `index` × descriptorsPerBlock on (`ext2fs_descriptor_block_loc2`). */
export function descriptorBlock(geometry: Geometry, index: number): number {
  if (index < geometry.firstMetaGroup) return superblockBlock(geometry, 0) + 1 + index;
  const group = index * geometry.descriptorsPerBlock;
  return superblockBlock(geometry, group) + (hasSuperblock(geometry, group) ? 1 : 0);
}

/**
 * What a group holds at its beginning: superblock, descriptors and blocks reserved for more of them (`ext2fs_super_and_bgd_loc2`). Under meta_bg the
 * first, second and last group of each meta group hold that one's descriptor block. Empty (`blocks` 0) for most groups.
 */
export function groupHead(geometry: Geometry, group: number): BlockRun {
  const firstBlock = superblockBlock(geometry, group);
  const superblocks = hasSuperblock(geometry, group) ? 1 : 0;
  const metaGroup = Math.floor(group / geometry.descriptorsPerBlock);
  if (metaGroup < geometry.firstMetaGroup) return { firstBlock, blocks: superblocks * (1 + oldDescriptorBlocks(geometry)) };
  const position = group % geometry.descriptorsPerBlock;
  const holdsDescriptors = position === 0 || position === 1 || position === geometry.descriptorsPerBlock - 1;
  return { firstBlock, blocks: superblocks + (holdsDescriptors ? 1 : 0) };
}

/** Descriptor blocks behind each superblock; meta_bg leaves no room for growing, since it needs none. */
function oldDescriptorBlocks(geometry: Geometry): number {
  const usesMetaGroups = (geometry.features.incompatible & Incompatible.META_BG) !== 0;
  return usesMetaGroups ? geometry.firstMetaGroup : geometry.descriptorBlocks + geometry.reservedDescriptorBlocks;
}
