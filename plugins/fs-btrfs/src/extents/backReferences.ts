import { ItemType, u64At } from '../trees/key';

const ITEM_HEAD_BYTES = 24;
/** Of an item of an older kind about a tree block: its first key and its level. */
const TREE_BLOCK_INFO_BYTES = 18;
const INLINE_HEAD_BYTES = 9;
const DATA_REFERENCE_BYTES = 28;
const COUNT_BYTES = 4;

/** Who uses an extent. */
export type BackReference =
  /** A file: the place in it where the extent would begin. */
  | { kind: 'file'; tree: number; inode: number; fileOffset: number }
  /** A leaf with file extents, by its address. */
  | { kind: 'leaf'; logical: number }
  /** A tree block of a tree. */
  | { kind: 'tree'; tree: number }
  /** A tree block under another one, by its address. */
  | { kind: 'node'; logical: number };

/** The references that stand in an extent's own item, as far as they make sense. */
export function* inlineReferences(item: Buffer, hasTreeBlockInfo: boolean): Generator<BackReference, void, undefined> {
  let at = ITEM_HEAD_BYTES + (hasTreeBlockInfo ? TREE_BLOCK_INFO_BYTES : 0);
  while (at + INLINE_HEAD_BYTES <= item.length) {
    const type = item[at]!;
    if (type === ItemType.EXTENT_DATA_REF) {
      if (at + 1 + DATA_REFERENCE_BYTES > item.length) return;
      yield fileReference(item, at + 1);
      at += 1 + DATA_REFERENCE_BYTES;
      continue;
    }
    const reference = keyedReference(type, u64At(item, at + 1));
    if (reference) yield reference;
    else if (type !== ItemType.EXTENT_OWNER_REF) return;
    at += INLINE_HEAD_BYTES + (type === ItemType.SHARED_DATA_REF ? COUNT_BYTES : 0);
  }
}

/** A reference that is an item of its own; null for items of other kinds. */
export function separateReference(type: number, offset: number, item: Buffer): BackReference | null {
  if (type === ItemType.EXTENT_DATA_REF) return item.length >= DATA_REFERENCE_BYTES ? fileReference(item, 0) : null;
  return keyedReference(type, offset);
}

function keyedReference(type: number, value: number): BackReference | null {
  if (type === ItemType.TREE_BLOCK_REF) return { kind: 'tree', tree: value };
  if (type === ItemType.SHARED_BLOCK_REF) return { kind: 'node', logical: value };
  return type === ItemType.SHARED_DATA_REF ? { kind: 'leaf', logical: value } : null;
}

function fileReference(bytes: Buffer, at: number): BackReference {
  return { kind: 'file', tree: u64At(bytes, at), inode: u64At(bytes, at + 8), fileOffset: u64At(bytes, at + 16) };
}
