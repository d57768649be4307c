import { DamagedStructureError } from '@diskwright/sdk/errors';
import { crc32c } from '@diskwright/sdk/struct';
import { ItemType, LARGEST, u64At } from '../trees/key';
import { findItem, leavesBetween } from '../trees/leaves';
import type { TreeRoot } from '../trees/treeBlock';
import type { TreeBlocks } from '../trees/treeBlocks';

/** Key of what it leads to, transaction, lengths of data and name, type. */
const HEAD_BYTES = 30;
const HASH_START = 0xfffffffe;
const LONGEST_NAME = 255;
/** What entries of directories have behind their names. */
const NOTHING = Buffer.alloc(0);

/** A name in a directory, or of an attribute with its value. */
export interface RawEntry {
  name: Buffer;
  /** The inode, or the tree of a subvolume. */
  objectId: number;
  isSubvolume: boolean;
  fileType: number;
  data: Buffer;
}

/** The entries of an item: one of an index, and all with the same hash otherwise. @throws DamagedStructureError at the first that makes no sense */
export function* entriesIn(item: Buffer, what: string): Generator<RawEntry, void, undefined> {
  for (let at = 0; at < item.length;) {
    const isWhole = at + HEAD_BYTES <= item.length;
    const dataLength = isWhole ? item.readUInt16LE(at + 25) : 0;
    const nameLength = isWhole ? item.readUInt16LE(at + 27) : 0;
    const nameAt = at + HEAD_BYTES;
    const end = nameAt + nameLength + dataLength;
    if (!isWhole || nameLength === 0 || nameLength > LONGEST_NAME || end > item.length)
      throw new DamagedStructureError('btrfs directory', `an entry of ${what} makes no sense`);
    yield {
      name: item.subarray(nameAt, nameAt + nameLength),
      objectId: u64At(item, at),
      isSubvolume: item[at + 8] === ItemType.ROOT,
      fileType: item[at + 29]!,
      data: dataLength === 0 ? NOTHING : item.subarray(nameAt + nameLength, end),
    };
    at = end;
  }
}

/**
 * The entries of a directory in the order in which they were made, leaf by leaf.
 * @throws DamagedStructureError at the first that makes no sense; as `TreeBlocks.read`
 */
export async function* entriesOf(
  blocks: TreeBlocks,
  root: TreeRoot,
  directory: number,
  signal: AbortSignal,
): AsyncGenerator<RawEntry[], void, undefined> {
  const from = { objectId: directory, type: ItemType.DIR_INDEX, offset: 0 };
  for await (const { leaf, first, end } of leavesBetween(blocks, root, from, { ...from, offset: LARGEST }, signal)) {
    const entries: RawEntry[] = [];
    for (let index = first; index < end; index++)
      for (const entry of entriesIn(leaf.itemAt(index), `directory ${directory}`)) if (!isDots(entry.name)) entries.push(entry);
    yield entries;
  }
}

/** Names that only damaged directories hold. */
function isDots(name: Buffer): boolean {
  return name[0] === 0x2e && (name.length === 1 || (name.length === 2 && name[1] === 0x2e));
}

/** What a directory has by a name. @throws as {@link entriesOf} */
export async function findEntry(
  blocks: TreeBlocks,
  root: TreeRoot,
  directory: number,
  name: Buffer,
  signal: AbortSignal,
): Promise<RawEntry | null> {
  const found = await findItem(blocks, root, { objectId: directory, type: ItemType.DIR_ITEM, offset: nameHash(name) }, signal);
  if (!found) return null;
  for (const entry of entriesIn(found.leaf.itemAt(found.index), `directory ${directory}`))
    if (entry.name.equals(name)) return entry;
  return null;
}

/** By which a directory finds a name. */
function nameHash(name: Buffer): number {
  return crc32c(HASH_START, name);
}
