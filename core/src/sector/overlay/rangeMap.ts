import { InvalidInputError } from '@diskwright/sdk/errors';

/** Stands for "these bytes are zeros" where a position would stand. */
export const ZEROS = -1;
const LEAF_CAPACITY = 512;
const MAGIC = 'DWRMAP01';
const HEADER_BYTES = 16;
const RECORD_BYTES = 24;
const STORED_ZEROS = 0xffff_ffff_ffff_ffffn;

/** One range of a {@link RangeMap}: `[start, end)` lies at `position` of the data, or is zeros. */
export interface MappedRange {
  start: number;
  end: number;
  position: number;
}

/** A sorted run of entries; the map is a list of them, so that an insertion moves at most a leaf's worth of memory. */
class Leaf {
  readonly starts = new Float64Array(LEAF_CAPACITY);
  readonly ends = new Float64Array(LEAF_CAPACITY);
  readonly positions = new Float64Array(LEAF_CAPACITY);
  count = 0;

  at(index: number): MappedRange {
    return { start: this.starts[index]!, end: this.ends[index]!, position: this.positions[index]! };
  }

  insert(index: number, entry: MappedRange): void {
    for (const column of [this.starts, this.ends, this.positions]) column.copyWithin(index + 1, index, this.count);
    this.starts[index] = entry.start;
    this.ends[index] = entry.end;
    this.positions[index] = entry.position;
    this.count++;
  }

  remove(index: number, count: number): void {
    for (const column of [this.starts, this.ends, this.positions]) column.copyWithin(index, index + count, this.count);
    this.count -= count;
  }

  /** Moves the upper half into a new leaf. */
  split(): Leaf {
    const upper = new Leaf();
    const middle = this.count >>> 1;
    upper.starts.set(this.starts.subarray(middle, this.count));
    upper.ends.set(this.ends.subarray(middle, this.count));
    upper.positions.set(this.positions.subarray(middle, this.count));
    upper.count = this.count - middle;
    this.count = middle;
    return upper;
  }
}

/**
 * Which bytes of a device were replaced, and where their replacement lies in a data file: a sorted map of ranges in typed arrays,
 * 24 bytes a range. Later ranges replace earlier ones; what continues its neighbour in both spaces is joined with it. Offsets and
 * positions are bytes.
 */
export class RangeMap {
  private leaves: Leaf[] = [new Leaf()];
  private entries = 0;

  /** Number of ranges. */
  get count(): number {
    return this.entries;
  }

  /** Maps `[offset, offset + length)` to `position` of the data, or to {@link ZEROS}; whatever it meets is replaced. */
  set(offset: number, length: number, position: number): void {
    if (length === 0) return;
    const added: MappedRange = { start: offset, end: offset + length, position };
    const [leafIndex, index] = this.locate(offset);
    const replaced: MappedRange[] = [];
    for (const entry of this.walk(leafIndex, index)) {
      if (entry.start >= added.end) break;
      replaced.push(entry);
    }
    const first = replaced[0];
    const last = replaced.at(-1);
    const pieces = [added];
    if (first && first.start < added.start) pieces.unshift({ ...first, end: added.start });
    if (last && last.end > added.end)
      pieces.push({ start: added.end, end: last.end, position: advance(last.position, added.end - last.start) });
    const joined = pieces.length === 1 && replaced.length === 0 && this.extendPrevious(leafIndex, index, added);
    if (!joined) this.splice(leafIndex, index, replaced.length, pieces);
  }

  /** The ranges that meet `[offset, offset + length)`, whole, in order. The map must not be changed meanwhile. */
  *overlapping(offset: number, length: number): Generator<MappedRange> {
    const [leafIndex, index] = this.locate(offset);
    for (const entry of this.walk(leafIndex, index)) {
      if (entry.start >= offset + length) return;
      yield entry;
    }
  }

  /**
   * The map as a blob: magic `DWRMAP01`, u64 count, then records of u64 offset, u64 length, u64 position (all ones: zeros),
   * little endian.
   */
  toBlob(): Buffer {
    const blob = Buffer.alloc(HEADER_BYTES + this.entries * RECORD_BYTES);
    blob.write(MAGIC, 0, 'latin1');
    blob.writeBigUInt64LE(BigInt(this.entries), 8);
    let at = HEADER_BYTES;
    for (const { start, end, position } of this.walk(0, 0)) {
      blob.writeBigUInt64LE(BigInt(start), at);
      blob.writeBigUInt64LE(BigInt(end - start), at + 8);
      blob.writeBigUInt64LE(position === ZEROS ? STORED_ZEROS : BigInt(position), at + 16);
      at += RECORD_BYTES;
    }
    return blob;
  }

  /**
   * Reads a blob that {@link toBlob} wrote; its ranges must end before `size`, their data before `dataBytes`.
   * @throws InvalidInputError saying what is wrong
   */
  static fromBlob(blob: Buffer, size: number, dataBytes: number): RangeMap {
    if (blob.length < HEADER_BYTES || blob.toString('latin1', 0, 8) !== MAGIC)
      throw new InvalidInputError('not a range map: wrong magic bytes');
    const count = Number(blob.readBigUInt64LE(8));
    if (blob.length !== HEADER_BYTES + count * RECORD_BYTES)
      throw new InvalidInputError(`a range map of ${blob.length} bytes has no ${count} ranges`);
    const map = new RangeMap();
    for (let at = HEADER_BYTES; at < blob.length; at += RECORD_BYTES) {
      const offset = Number(blob.readBigUInt64LE(at));
      const length = Number(blob.readBigUInt64LE(at + 8));
      const stored = blob.readBigUInt64LE(at + 16);
      const position = stored === STORED_ZEROS ? ZEROS : Number(stored);
      const inside =
        offset <= size &&
        length <= size - offset &&
        (position === ZEROS || (position <= dataBytes && length <= dataBytes - position));
      if (!inside) throw new InvalidInputError(`range at ${offset}, ${length} bytes, lies outside of its device or its data`);
      map.set(offset, length, position);
    }
    return map;
  }

  /** Leaf and index of the first range that ends after `offset`; behind the last one when there is none. */
  private locate(offset: number): [number, number] {
    let low = 0;
    let high = this.leaves.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const leaf = this.leaves[middle]!;
      if (leaf.ends[leaf.count - 1]! > offset) high = middle;
      else low = middle + 1;
    }
    const leaf = this.leaves[low]!;
    let index = 0;
    let end = leaf.count;
    while (index < end) {
      const middle = (index + end) >>> 1;
      if (leaf.ends[middle]! > offset) end = middle;
      else index = middle + 1;
    }
    return [low, index];
  }

  private *walk(leafIndex: number, index: number): Generator<MappedRange> {
    for (let i = leafIndex; i < this.leaves.length; i++) {
      const leaf = this.leaves[i]!;
      for (let j = i === leafIndex ? index : 0; j < leaf.count; j++) yield leaf.at(j);
    }
  }

  /** Lengthens the range just before, when the new one continues it; sequential writes stay one range. */
  private extendPrevious(leafIndex: number, index: number, added: MappedRange): boolean {
    const leaf = this.leaves[leafIndex]!;
    if (index === 0 || leaf.ends[index - 1] !== added.start) return false;
    const { start, position } = leaf.at(index - 1);
    if (advance(position, added.start - start) !== added.position) return false;
    leaf.ends[index - 1] = added.end;
    return true;
  }

  private splice(leafIndex: number, index: number, removed: number, inserted: MappedRange[]): void {
    this.entries += inserted.length - removed;
    let left = removed;
    for (let i = leafIndex, from = index; left > 0; from = 0) {
      const leaf = this.leaves[i]!;
      const count = Math.min(left, leaf.count - from);
      leaf.remove(from, count);
      left -= count;
      // An empty leaf has no last range to search by; the one that is inserted into stays.
      if (leaf.count === 0 && i !== leafIndex) this.leaves.splice(i, 1);
      else i++;
    }
    let [at, position] = [leafIndex, index];
    for (const entry of inserted) {
      const leaf = this.leaves[at]!;
      if (leaf.count === LEAF_CAPACITY) {
        this.leaves.splice(at + 1, 0, leaf.split());
        if (position > leaf.count) [at, position] = [at + 1, position - leaf.count];
      }
      this.leaves[at]!.insert(position++, entry);
    }
  }
}

function advance(position: number, bytes: number): number {
  return position === ZEROS ? ZEROS : position + bytes;
}
