import { DamagedStructureError } from '@diskwright/sdk/errors';
import { safeNumber } from '@diskwright/sdk/struct';
import { rootItem } from '../structures/inode';
import { findFloor } from './leaves';
import { ItemType, LARGEST, u64At } from './key';
import type { TreeRoot } from './treeBlock';
import type { TreeBlocks } from './treeBlocks';

/** The root of a tree, from its item in the tree of roots. @throws DamagedStructureError */
export function parseRoot(id: number, item: Buffer): TreeRoot {
  const { level, generation } = rootItem.read(item);
  const logical = u64At(item, rootItem.range('logical').offset);
  return { id, logical, level, generation: safeNumber(generation) };
}

/** A tree by its number; null when there is none. @throws as `TreeBlocks.read` */
export async function findRoot(
  blocks: TreeBlocks,
  rootTree: TreeRoot,
  id: number,
  signal: AbortSignal,
): Promise<TreeRoot | null> {
  const found = await findFloor(blocks, rootTree, { objectId: id, type: ItemType.ROOT, offset: LARGEST }, signal);
  if (!found) return null;
  const { objectId, type } = found.leaf.keyAt(found.index);
  return objectId === id && type === ItemType.ROOT ? parseRoot(id, found.leaf.itemAt(found.index)) : null;
}

/** @throws DamagedStructureError when there is no such tree; as `TreeBlocks.read` */
export async function requireRoot(
  blocks: TreeBlocks,
  rootTree: TreeRoot,
  id: number,
  what: string,
  signal: AbortSignal,
): Promise<TreeRoot> {
  const root = await findRoot(blocks, rootTree, id, signal);
  if (!root) throw new DamagedStructureError('btrfs root', `there is no ${what}`);
  return root;
}
