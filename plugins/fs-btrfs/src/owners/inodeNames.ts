import { DamagedStructureError } from '@diskwright/sdk/errors';
import { ItemType, LARGEST, u64At } from '../trees/key';
import { leavesBetween } from '../trees/leaves';
import type { TreeRoot } from '../trees/treeBlock';
import type { TreeBlocks } from '../trees/treeBlocks';

/** Of a name in the item of its directory: number in the directory, length. */
const HEAD_BYTES = 10;
/** The same with the directory in front. */
const EXTENDED_HEAD_BYTES = 18;

/** A name of an inode, and where it stands. */
export interface InodeName {
  directory: number;
  name: Buffer;
}

/** The names of an item that leads from an inode to its directory. @throws DamagedStructureError at the first that makes no sense */
export function* namesIn(type: number, directory: number, item: Buffer): Generator<InodeName, void, undefined> {
  const isExtended = type === ItemType.INODE_EXTREF;
  const head = isExtended ? EXTENDED_HEAD_BYTES : HEAD_BYTES;
  for (let at = 0; at < item.length;) {
    const length = at + head <= item.length ? item.readUInt16LE(at + head - 2) : 0;
    if (length === 0 || at + head + length > item.length)
      throw new DamagedStructureError('btrfs inode', `a name of an inode in directory ${directory} makes no sense`);
    yield { directory: isExtended ? u64At(item, at) : directory, name: item.subarray(at + head, at + head + length) };
    at += head + length;
  }
}

/** The names of an inode in its subvolume, at most `most`. @throws DamagedStructureError when one makes no sense; as `TreeBlocks.read` */
export async function namesOfInode(
  blocks: TreeBlocks,
  root: TreeRoot,
  inode: number,
  most: number,
  signal: AbortSignal,
): Promise<InodeName[]> {
  const names: InodeName[] = [];
  const from = { objectId: inode, type: ItemType.INODE_REF, offset: 0 };
  const to = { objectId: inode, type: ItemType.INODE_EXTREF, offset: LARGEST };
  for await (const { leaf, first, end } of leavesBetween(blocks, root, from, to, signal)) {
    for (let index = first; index < end; index++)
      for (const name of namesIn(leaf.typeAt(index), leaf.keyAt(index).offset, leaf.itemAt(index))) {
        if (names.length === most) return names;
        names.push({ directory: name.directory, name: Buffer.from(name.name) });
      }
  }
  return names;
}
