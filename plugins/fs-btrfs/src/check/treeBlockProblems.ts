import type { ProblemList } from '@diskwright/sdk';
import { DamagedStructureError, NotSupportedError } from '@diskwright/sdk/errors';
import { allExtentItems, extentAt } from '../extents/extentItems';
import { entriesIn } from '../files/directoryEntries';
import { parseExtent } from '../files/fileExtents';
import { INODE_BYTES } from '../files/inodeRecord';
import { namesIn } from '../owners/inodeNames';
import { ItemType, keyText, ObjectId, u64At } from '../trees/key';
import { GENERATION_AT, LEVEL_AT, type TreeBlock } from '../trees/treeBlock';
import type { BtrfsVolume } from '../volume';
import { orNull } from '../trees/orNull';

/** A check is a look, not a run of btrfs check: it shall end in seconds on any volume. */
const MOST_BYTES = 128 * 1024 * 1024;
const todo = 'Run btrfs check --readonly on the unmounted filesystem, and see which files it names.';

/** Verifies tree blocks in use, each of their copies, and what stands in leaves. */
export async function findTreeBlockProblems(volume: BtrfsVolume, problems: ProblemList, signal: AbortSignal): Promise<void> {
  const { blocks } = await volume.open(signal);
  const extents = await volume.tree(ObjectId.EXTENT_TREE, 'tree of extents', signal);
  let looked = 0;
  for await (const { leaf, first, end } of allExtentItems(blocks, extents, signal, () => undefined)) {
    for (let index = first; index < end; index++) {
      const extent = extentAt(leaf, index, volume.nodeSize);
      if (!extent?.isTreeBlock) continue;
      for (const [copy, offset] of blocks.chunks.copiesOf(extent.logical, volume.nodeSize).entries()) {
        if ((looked += volume.nodeSize) > MOST_BYTES) return;
        const block = await soundBlock(volume, extent.logical, offset, problems, signal);
        if (block?.level === 0 && copy === 0) findItemProblems(volume, block, problems);
      }
    }
  }
}

async function soundBlock(
  volume: BtrfsVolume,
  logical: number,
  offset: number,
  problems: ProblemList,
  signal: AbortSignal,
): Promise<TreeBlock | null> {
  const { blocks } = await volume.open(signal);
  const bytes = await orNull(() => blocks.readBytes(offset, signal));
  if (!bytes) return null;
  try {
    return await blocks.readAt(offset, { logical, level: bytes[LEVEL_AT]!, generation: u64At(bytes, GENERATION_AT) }, signal);
  } catch (error) {
    if (error instanceof DamagedStructureError)
      add(problems, 'btrfs.treeBlock', error.message, { offset, length: volume.nodeSize });
    return null;
  }
}

function findItemProblems(volume: BtrfsVolume, leaf: TreeBlock, problems: ProblemList): void {
  for (let index = 0; index < leaf.count; index++) {
    try {
      lookAtItem(leaf, index);
    } catch (error) {
      if (!(error instanceof DamagedStructureError) && !(error instanceof NotSupportedError)) throw error;
      const message = `item ${keyText(leaf.keyAt(index))} of the leaf at ${leaf.offset}: ${error.message}`;
      add(problems, 'btrfs.item', message, { offset: leaf.offset, length: volume.nodeSize });
    }
  }
}

/** @throws DamagedStructureError for an item that makes no sense */
function lookAtItem(leaf: TreeBlock, index: number): void {
  const { objectId, type, offset } = leaf.keyAt(index);
  const item = leaf.itemAt(index);
  switch (type) {
    case ItemType.INODE:
      if (item.length < INODE_BYTES)
        throw new DamagedStructureError('btrfs inode', `inode ${objectId} has only ${item.length} bytes`);
      return;
    case ItemType.INODE_REF:
    case ItemType.INODE_EXTREF:
      for (const name of namesIn(type, offset, item)) void name;
      return;
    case ItemType.XATTR:
    case ItemType.DIR_ITEM:
    case ItemType.DIR_INDEX:
      for (const entry of entriesIn(item, `inode ${objectId}`)) void entry;
      return;
    case ItemType.EXTENT_DATA:
      parseExtent(offset, item);
  }
}

function add(problems: ProblemList, code: string, message: string, range: { offset: number; length: number }): void {
  problems.add({
    severity: 'error',
    code,
    effect: 'none',
    message: `${message.charAt(0).toUpperCase()}${message.slice(1)}.`,
    ranges: [range],
    todo,
  });
}
