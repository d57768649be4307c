import type { NamedStream } from '@diskwright/sdk';
import { nameOf } from '@diskwright/sdk/files';
import { ItemType } from '../trees/key';
import { leavesBetween } from '../trees/leaves';
import { entriesIn } from './directoryEntries';
import type { InodeRecord } from './inodeRecord';
import { rangeOf, type InodeTable } from './inodeTable';

/** The extended attributes of a file; properties such as `btrfs.compression` are some. @throws DamagedStructureError when one makes no sense */
export async function attributesOf(
  table: InodeTable,
  { tree, inode }: InodeRecord,
  signal: AbortSignal,
): Promise<(NamedStream & { value: Buffer })[]> {
  const { blocks } = await table.volume.open(signal);
  const root = await table.rootOf(tree, signal);
  const found: (NamedStream & { value: Buffer })[] = [];
  for await (const { leaf, first, end } of leavesBetween(blocks, root, ...rangeOf(inode, ItemType.XATTR), signal))
    for (let index = first; index < end; index++)
      for (const { name, data } of entriesIn(leaf.itemAt(index), `the attributes of inode ${inode}`))
        found.push({ name: nameOf(name).text, size: data.length, value: Buffer.from(data) });
  return found;
}
