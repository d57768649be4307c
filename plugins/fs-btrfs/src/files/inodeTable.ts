import { DamagedStructureError, InvalidInputError } from '@diskwright/sdk/errors';
import { pathText } from '@diskwright/sdk/files';
import type { ByteRange } from '@diskwright/sdk/protocol';
import { ItemType, LARGEST, type Key } from '../trees/key';
import { findItem, findMany, leavesBetween, type FoundItem } from '../trees/leaves';
import type { TreeRoot } from '../trees/treeBlock';
import type { BtrfsVolume } from '../volume';
import { INODE_BYTES, InodeRecord } from './inodeRecord';
import type { FileId } from './fileId';
import { inlineBytes } from './fileExtents';
import type { InodeExtras } from './nodes';
import { Subvolumes } from './subvolumes';

/** An inode, with what stands behind it where that was asked for. */
export interface FoundInode {
  record: InodeRecord;
  extras?: InodeExtras;
}

/** Inodes of all subvolumes, by their numbers. */
export class InodeTable {
  readonly subvolumes: Subvolumes;

  constructor(readonly volume: BtrfsVolume) {
    this.subvolumes = new Subvolumes(volume);
  }

  /** The tree of a subvolume. @throws InvalidInputError when there is none */
  async rootOf(tree: number, signal: AbortSignal): Promise<TreeRoot> {
    return (await this.subvolumes.require(tree, signal)).root;
  }

  /** @throws InvalidInputError when there is none; as `TreeBlocks.read` */
  async read(id: FileId, signal: AbortSignal): Promise<InodeRecord> {
    return parse(id.tree, id.inode, await this.find(id, signal));
  }

  /** Where the item of an inode lies. @throws as {@link read} */
  async placeOf(id: FileId, signal: AbortSignal): Promise<ByteRange> {
    const found = await this.find(id, signal);
    // Fails for an item that is too short for an inode.
    parse(id.tree, id.inode, found);
    const { at, length } = found.leaf.itemPlace(found.index);
    return { offset: found.leaf.offset + at, length };
  }

  private async find({ tree, inode }: FileId, signal: AbortSignal): Promise<FoundItem> {
    const root = await this.rootOf(tree, signal);
    const { blocks } = await this.volume.open(signal);
    const found = await findItem(blocks, root, inodeKey(inode), signal);
    if (!found) throw new InvalidInputError(`there is no inode ${inode} in subvolume ${tree}`);
    return found;
  }

  /**
   * Many inodes of a subvolume, by number. What does not exist or cannot be read is left out.
   * @throws InvalidInputError when there is no such subvolume; what `read` throws, other than for damage
   */
  async readMany(
    tree: number,
    numbers: Iterable<number>,
    withExtras: boolean,
    signal: AbortSignal,
  ): Promise<Map<number, FoundInode>> {
    const inodes = new Map<number, FoundInode>();
    const root = await this.rootOf(tree, signal);
    const { blocks } = await this.volume.open(signal);
    const keys = [...new Set(numbers)].sort((a, b) => a - b).map(inodeKey);
    for await (const items of findMany(blocks, root, keys, signal, () => undefined)) {
      for (const item of items) {
        const number = item.leaf.objectIdAt(item.index);
        const { length } = item.leaf.itemPlace(item.index);
        if (length < INODE_BYTES) continue;
        const record = parse(tree, number, item);
        if (!withExtras) inodes.set(number, { record });
        else inodes.set(number, { record, extras: extrasIn(item, record) ?? (await this.extrasOf(record, signal)) });
      }
    }
    return inodes;
  }

  /** What stands behind an inode, wherever it lies; as far as it can be read. */
  async extrasOf(record: InodeRecord, signal: AbortSignal): Promise<InodeExtras> {
    const { blocks } = await this.volume.open(signal);
    const root = await this.rootOf(record.tree, signal);
    const from = { objectId: record.inode, type: ItemType.XATTR, offset: 0 };
    const to = { ...from, type: ItemType.EXTENT_DATA, offset: 0 };
    const extras: InodeExtras = { hasStreams: false };
    for await (const { leaf, first, end } of leavesBetween(blocks, root, from, to, signal, () => undefined)) {
      if (leaf.typeAt(first) === ItemType.XATTR) extras.hasStreams = true;
      if (record.type !== 'symlink') break;
      if (leaf.typeAt(end - 1) === ItemType.EXTENT_DATA) Object.assign(extras, targetIn(leaf.itemAt(end - 1), record));
    }
    return extras;
  }
}

function inodeKey(inode: number): Key {
  return { objectId: inode, type: ItemType.INODE, offset: 0 };
}

function parse(tree: number, inode: number, { leaf, index }: FoundItem): InodeRecord {
  const item = leaf.itemAt(index);
  if (item.length < INODE_BYTES) throw new DamagedStructureError('btrfs inode', `inode ${inode} has only ${item.length} bytes`);
  return new InodeRecord(tree, inode, item);
}

/** What stands behind an inode in the same leaf; null when that does not tell all of it. */
function extrasIn({ leaf, index }: FoundItem, record: InodeRecord): InodeExtras | null {
  const isLink = record.type === 'symlink';
  const extras: InodeExtras = { hasStreams: false };
  for (let next = index + 1; next < leaf.count; next++) {
    if (leaf.objectIdAt(next) !== record.inode) return extras;
    const type = leaf.typeAt(next);
    if (type === ItemType.XATTR) extras.hasStreams = true;
    if (isLink && type === ItemType.EXTENT_DATA) return Object.assign(extras, targetIn(leaf.itemAt(next), record));
    if (!isLink && type >= ItemType.XATTR) return extras;
  }
  // The last leaf of a tree ends it, but that is not known here.
  return null;
}

/** The target of a link, where its item makes sense. */
function targetIn(item: Buffer, { size }: InodeRecord): Pick<InodeExtras, 'target'> {
  const bytes = inlineBytes(item);
  return bytes && bytes.length >= size ? { target: pathText(bytes.subarray(0, size)) } : {};
}

/** All items of an inode and one type. */
export function rangeOf(inode: number, type: number): [from: Key, to: Key] {
  return [
    { objectId: inode, type, offset: 0 },
    { objectId: inode, type, offset: LARGEST },
  ];
}
