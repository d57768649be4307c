import { ItemType, LARGEST, type Key } from '../trees/key';
import { findFloor, leavesBetween, type LeafItems, type OnDamage } from '../trees/leaves';
import type { TreeBlock, TreeRoot } from '../trees/treeBlock';
import type { TreeBlocks } from '../trees/treeBlocks';

/** Logical addresses in use, by one item of the tree of extents. */
export interface UsedExtent {
  logical: number;
  length: number;
  isTreeBlock: boolean;
}

const DATA_FLAG = 1;
const FLAGS_AT = 16;
/** Kinds of items that may stand between an address and the extent in front of it; damage may add more. */
const MOST_STEPS = 8;
const FIRST: Key = { objectId: 0, type: 0, offset: 0 };
const LAST: Key = { objectId: LARGEST, type: 255, offset: LARGEST };

/** The extent that an item is about; null for items of other kinds. */
export function extentAt(leaf: TreeBlock, index: number, nodeSize: number): UsedExtent | null {
  const type = leaf.typeAt(index);
  if (type !== ItemType.EXTENT && type !== ItemType.METADATA) return null;
  const { objectId: logical, offset } = leaf.keyAt(index);
  if (type === ItemType.METADATA) return { logical, length: nodeSize, isTreeBlock: true };
  const { at, length } = leaf.itemPlace(index);
  const isTreeBlock = length > FLAGS_AT && (leaf.bytes[at + FLAGS_AT]! & DATA_FLAG) === 0;
  return { logical, length: offset, isTreeBlock };
}

/** All items of the tree of extents. @throws as `leavesBetween` */
export function allExtentItems(
  blocks: TreeBlocks,
  tree: TreeRoot,
  signal: AbortSignal,
  onDamage?: OnDamage,
): AsyncGenerator<LeafItems, void, undefined> {
  return leavesBetween(blocks, tree, FIRST, LAST, signal, onDamage);
}

/** The items of the tree of extents that may be about a range, the one that reaches into it from before included. @throws as `leavesBetween` */
export async function* extentItemsMeeting(
  blocks: TreeBlocks,
  tree: TreeRoot,
  { start, end }: { start: number; end: number },
  signal: AbortSignal,
  onDamage?: OnDamage,
): AsyncGenerator<LeafItems, void, undefined> {
  const before = await extentBefore(blocks, tree, start, signal);
  const from = { ...FIRST, objectId: before ?? start };
  yield* leavesBetween(blocks, tree, from, { ...LAST, objectId: end - 1 }, signal, onDamage);
}

/**
 * Where the last extent begins that is not behind an address. Between the two stand at most the extent's references and a block group, which bear the address
 * of what they belong to.
 */
async function extentBefore(blocks: TreeBlocks, tree: TreeRoot, address: number, signal: AbortSignal): Promise<number | null> {
  let key: Key = { objectId: address, type: ItemType.METADATA, offset: LARGEST };
  for (let steps = 0; steps < MOST_STEPS; steps++) {
    const found = await findFloor(blocks, tree, key, signal);
    if (!found) return null;
    const { objectId, type } = found.leaf.keyAt(found.index);
    if (type === ItemType.EXTENT || type === ItemType.METADATA) return objectId;
    key =
      type > ItemType.METADATA
        ? { objectId, type: ItemType.METADATA, offset: LARGEST }
        : { objectId: objectId - 1, type: 255, offset: LARGEST };
  }
  return null;
}
