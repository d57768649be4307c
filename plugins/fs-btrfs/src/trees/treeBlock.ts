import { DamagedStructureError } from '@diskwright/sdk/errors';
import { HEADER_BYTES, HIGHEST_LEVEL, ITEM_HEAD_BYTES, POINTER_BYTES } from '../structures/treeBlock';
import { compareAt, keyAt, u64At, type Key } from './key';

const ITEMS_COUNT_AT = 96;
export const LEVEL_AT = 100;
const LOGICAL_AT = 48;
export const GENERATION_AT = 80;
const OWNER_AT = 88;

/** What leads to a block of a tree. */
export interface BlockPointer {
  logical: number;
  level: number;
  /** Of the transaction that wrote it. */
  generation: number;
  /** The key that it begins with; absent of a root. */
  key?: Key;
}

/** A tree, by its root. */
export interface TreeRoot extends BlockPointer {
  /** The number of the tree. */
  id: number;
}

/** A block of a tree whose checksum was verified: a node with pointers, or a leaf with items. */
export class TreeBlock {
  readonly level: number;
  /** Of pointers or items. */
  readonly count: number;
  readonly generation: number;
  /** The tree that it was made for, which may share it with others. */
  readonly owner: number;

  /** @throws DamagedStructureError when it is not what `pointer` leads to, or its keys are not in order */
  constructor(
    readonly bytes: Buffer,
    pointer: BlockPointer,
    /** Where the bytes lie on the volume. */
    readonly offset: number,
  ) {
    this.level = bytes[LEVEL_AT]!;
    this.count = bytes.readUInt32LE(ITEMS_COUNT_AT);
    this.generation = u64At(bytes, GENERATION_AT);
    this.owner = u64At(bytes, OWNER_AT);
    const { logical, level, generation, key } = pointer;
    if (u64At(bytes, LOGICAL_AT) !== logical) this.fail(`says that its address is ${u64At(bytes, LOGICAL_AT)}, not ${logical}`);
    if (this.level !== level || level > HIGHEST_LEVEL) this.fail(`is of level ${this.level}, not ${level}`);
    if (this.generation !== generation) this.fail(`is of transaction ${this.generation}, not ${generation}`);
    if (this.count > (bytes.length - HEADER_BYTES) / this.stride) this.fail(`has ${this.count} entries, more than fit`);
    if (this.count === 0 && (level > 0 || key)) this.fail('is empty');
    if (key && compareAt(bytes, HEADER_BYTES, key) !== 0) this.fail('does not begin with the key that leads to it');
    for (let index = 1; index < this.count; index++)
      if (compareAt(bytes, HEADER_BYTES + (index - 1) * this.stride, this.keyAt(index)) >= 0)
        this.fail('has keys that are not in order');
  }

  get logical(): number {
    return u64At(this.bytes, LOGICAL_AT);
  }

  keyAt(index: number): Key {
    return keyAt(this.bytes, HEADER_BYTES + index * this.stride);
  }

  objectIdAt(index: number): number {
    return u64At(this.bytes, HEADER_BYTES + index * this.stride);
  }

  typeAt(index: number): number {
    return this.bytes[HEADER_BYTES + index * this.stride + 8]!;
  }

  /** Of a leaf: where the bytes of an item lie in the block. @throws DamagedStructureError when they do not */
  itemPlace(index: number): { at: number; length: number } {
    const head = HEADER_BYTES + index * ITEM_HEAD_BYTES + 17;
    const at = HEADER_BYTES + this.bytes.readUInt32LE(head);
    const length = this.bytes.readUInt32LE(head + 4);
    if (at + length > this.bytes.length) this.fail(`has an item ${index} that reaches out of it`);
    return { at, length };
  }

  /** Of a leaf: the bytes of an item, shared. @throws DamagedStructureError when they do not lie in the block */
  itemAt(index: number): Buffer {
    const { at, length } = this.itemPlace(index);
    return this.bytes.subarray(at, at + length);
  }

  /** Of a node: what an entry leads to. */
  childAt(index: number): BlockPointer {
    const at = HEADER_BYTES + index * POINTER_BYTES;
    return {
      logical: u64At(this.bytes, at + 17),
      level: this.level - 1,
      generation: u64At(this.bytes, at + 25),
      key: this.keyAt(index),
    };
  }

  /** The first entry that is not before a key; `count` when all are. */
  lowerBound(key: Key): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareAt(this.bytes, HEADER_BYTES + middle * this.stride, key) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The last entry that is not behind a key; −1 when all are. */
  floor(key: Key): number {
    const index = this.lowerBound(key);
    const isExact = index < this.count && compareAt(this.bytes, HEADER_BYTES + index * this.stride, key) === 0;
    return isExact ? index : index - 1;
  }

  /** Bytes of an entry in the table behind the header. */
  get stride(): number {
    return this.level === 0 ? ITEM_HEAD_BYTES : POINTER_BYTES;
  }

  private fail(problem: string): never {
    throw new DamagedStructureError('btrfs tree block', `the tree block at ${this.offset} ${problem}`, {
      offset: this.offset,
      length: this.bytes.length,
    });
  }
}
