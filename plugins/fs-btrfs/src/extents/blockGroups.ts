import { safeNumber } from '@diskwright/sdk/struct';
import { blockGroupItem } from '../structures/chunk';
import { ItemType, LARGEST, ObjectId } from '../trees/key';
import { leavesBetween } from '../trees/leaves';
import type { BtrfsVolume } from '../volume';

/** What is used of a chunk, as the filesystem counts it. */
export interface BlockGroup {
  logical: number;
  length: number;
  used: number;
}

/** A block group by its item. @throws DamagedStructureError when it is too short */
export function blockGroupOf(logical: number, length: number, item: Buffer): BlockGroup {
  return { logical, length, used: safeNumber(blockGroupItem.read(item).used) };
}

/** The block groups of their own tree; null where they stand in the tree of extents. @throws as `leavesBetween` */
export async function separateBlockGroups(volume: BtrfsVolume, signal: AbortSignal): Promise<BlockGroup[] | null> {
  const tree = await volume.optionalTree(ObjectId.BLOCK_GROUP_TREE, signal);
  if (!tree) return null;
  const { blocks } = await volume.open(signal);
  const groups: BlockGroup[] = [];
  const from = { objectId: 0, type: 0, offset: 0 };
  const to = { objectId: LARGEST, type: 255, offset: LARGEST };
  for await (const { leaf, first, end } of leavesBetween(blocks, tree, from, to, signal))
    for (let index = first; index < end; index++) {
      const { objectId, type, offset } = leaf.keyAt(index);
      if (type === ItemType.BLOCK_GROUP) groups.push(blockGroupOf(objectId, offset, leaf.itemAt(index)));
    }
  return groups;
}
