import type { ProblemList } from '@diskwright/sdk';
import { ReadOnly, hasFlag } from '../features';
import { blockGroupOf, separateBlockGroups, type BlockGroup } from '../extents/blockGroups';
import { allExtentItems } from '../extents/extentItems';
import { ItemType, LARGEST, ObjectId } from '../trees/key';
import { leavesBetween } from '../trees/leaves';
import type { BtrfsVolume } from '../volume';

/** Compares what the tree of free space says of each block group with what is used of it. */
export async function findFreeSpaceProblems(volume: BtrfsVolume, problems: ProblemList, signal: AbortSignal): Promise<void> {
  const { readOnlyFeatures } = volume.superblock;
  const isValid =
    hasFlag(readOnlyFeatures, ReadOnly.FREE_SPACE_TREE) && hasFlag(readOnlyFeatures, ReadOnly.FREE_SPACE_TREE_VALID);
  const tree = isValid ? await volume.optionalTree(ObjectId.FREE_SPACE_TREE, signal) : null;
  if (!tree) return;
  const free = new Map<number, number>();
  let group = -1;
  const { blocks } = await volume.open(signal);
  const all = [
    { objectId: 0, type: 0, offset: 0 },
    { objectId: LARGEST, type: 255, offset: LARGEST },
  ] as const;
  for await (const { leaf, first, end } of leavesBetween(blocks, tree, ...all, signal)) {
    for (let index = first; index < end; index++) {
      const { objectId, type, offset } = leaf.keyAt(index);
      if (type === ItemType.FREE_SPACE_INFO) free.set((group = objectId), 0);
      else if (type === ItemType.FREE_SPACE_EXTENT) free.set(group, (free.get(group) ?? 0) + offset);
      else if (type === ItemType.FREE_SPACE_BITMAP)
        free.set(group, (free.get(group) ?? 0) + bitsIn(leaf.itemAt(index)) * volume.sectorSize);
    }
  }
  for (const { logical, length, used } of await blockGroupsOf(volume, signal)) {
    const says = free.get(logical);
    if (says === length - used) continue;
    problems.add({
      severity: 'warning',
      code: 'btrfs.freeSpace',
      effect: 'none',
      message: `Of the block group at logical address ${logical}, ${used} of ${length} bytes are used, but the tree of free space ${says === undefined ? 'does not know it' : `calls ${says} free`}.`,
      todo: 'Mount it once with clear_cache,space_cache=v2: the tree of free space is made again.',
    });
  }
}

async function blockGroupsOf(volume: BtrfsVolume, signal: AbortSignal): Promise<BlockGroup[]> {
  const separate = await separateBlockGroups(volume, signal);
  if (separate) return separate;
  const { blocks } = await volume.open(signal);
  const extents = await volume.tree(ObjectId.EXTENT_TREE, 'tree of extents', signal);
  const groups: BlockGroup[] = [];
  for await (const { leaf, first, end } of allExtentItems(blocks, extents, signal)) {
    for (let index = first; index < end; index++) {
      if (leaf.typeAt(index) !== ItemType.BLOCK_GROUP) continue;
      const { objectId, offset } = leaf.keyAt(index);
      groups.push(blockGroupOf(objectId, offset, leaf.itemAt(index)));
    }
  }
  return groups;
}

function bitsIn(bitmap: Buffer): number {
  let bits = 0;
  for (const byte of bitmap) for (let rest = byte; rest !== 0; rest &= rest - 1) bits++;
  return bits;
}
