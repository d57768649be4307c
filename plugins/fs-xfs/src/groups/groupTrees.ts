import {
  freeByBlock,
  freeBySize,
  freeInodeChunks,
  inodeChunks,
  referenceCounts,
  reverseMap,
  type TreeKind,
} from '../structures/treeBlock';
import type { XfsVolume } from '../volume';
import { readFreeSpaceHeader, readInodesHeader } from './groupHeaders';
import type { TreeRoot } from './groupTree';

/** A tree that a group has. */
export interface GroupTree {
  kind: TreeKind;
  root: TreeRoot;
}

/** The trees of a group, by its headers. @throws DamagedStructureError when one of them is not whole; what `read` throws */
export async function groupTrees(volume: XfsVolume, group: number, signal: AbortSignal): Promise<GroupTree[]> {
  const { hasFreeInodeTree, hasReverseMap, hasReflinks } = volume.geometry;
  const space = await readFreeSpaceHeader(volume, group, signal);
  const inodes = await readInodesHeader(volume, group, signal);
  const tree = (kind: TreeKind, block: number, levels: number): GroupTree => ({ kind, root: { group, block, levels } });
  const trees = [
    tree(freeByBlock, space.byBlockRoot, space.byBlockLevels),
    tree(freeBySize, space.bySizeRoot, space.bySizeLevels),
    tree(inodeChunks, inodes.root, inodes.levels),
  ];
  if (hasFreeInodeTree) trees.push(tree(freeInodeChunks, inodes.freeRoot, inodes.freeLevels));
  if (hasReverseMap) trees.push(tree(reverseMap, space.reverseMapRoot, space.reverseMapLevels));
  if (hasReflinks) trees.push(tree(referenceCounts, space.referenceCountRoot, space.referenceCountLevels));
  return trees;
}
