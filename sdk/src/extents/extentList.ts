import { createHash } from 'node:crypto';
import { InvalidInputError } from '../errors';
import type { ByteRange, ExtentsRef } from '../protocol/types';

const MAGIC = 'DWEXTS01';
const HEADER_BYTES = 16;
const RECORD_BYTES = 16;
const TWO_POW_32 = 0x1_0000_0000;

/**
 * An immutable list of extents: sorted by offset, none empty, none overlapping or touching its neighbour. Backed by its blob (docs/formats.md,
 * "Extent list"): magic `DWEXTS01`, u64 count, then `count` records of u64 offset and u64 length, little endian; so a million extents cost 16 MB
 * and no objects.
 */
export class ExtentList {
  /** 32-bit words of the records: offset low, offset high, length low, length high. */
  private readonly words: Uint32Array;

  private constructor(
    /** The blob; must not be changed. */
    readonly blob: Buffer,
    /** Number of extents. */
    readonly count: number,
    /** Bytes covered by all extents. */
    readonly covered: number,
  ) {
    this.words = new Uint32Array(blob.buffer, blob.byteOffset + HEADER_BYTES, count * 4);
  }

  /**
   * Reads a blob, checking everything: magic, count against length, order, overflow. Copies it only when its memory is not aligned.
   * @throws InvalidInputError saying which record is wrong
   */
  static fromBlob(blob: Buffer): ExtentList {
    if (blob.length < HEADER_BYTES || blob.toString('latin1', 0, 8) !== MAGIC)
      throw new InvalidInputError('not an extent list: wrong magic bytes');
    const count = Number(blob.readBigUInt64LE(8));
    if (blob.length !== HEADER_BYTES + count * RECORD_BYTES) {
      throw new InvalidInputError(`extent list of ${blob.length} bytes does not hold the ${count} extents that its header says`);
    }
    const aligned = blob.byteOffset % 4 === 0 ? blob : Buffer.from(new Uint8Array(blob).buffer);
    const words = new Uint32Array(aligned.buffer, aligned.byteOffset + HEADER_BYTES, count * 4);
    let covered = 0;
    let previousEnd = -1;
    for (let at = 0; at < words.length; at += 4) {
      const offset = words[at]! + words[at + 1]! * TWO_POW_32;
      const length = words[at + 2]! + words[at + 3]! * TWO_POW_32;
      const end = offset + length;
      if (length === 0 || offset <= previousEnd || end > Number.MAX_SAFE_INTEGER) {
        throw new InvalidInputError(
          `extent ${at / 4} (offset ${offset}, length ${length}) is empty, out of order or beyond 2^53 − 1`,
        );
      }
      previousEnd = end;
      covered += length;
    }
    return new ExtentList(aligned, count, covered);
  }

  /** From ranges in any order, overlapping or touching ones joined, empty ones dropped. */
  static fromRanges(ranges: Iterable<ByteRange>): ExtentList {
    const builder = new ExtentListBuilder();
    for (const range of [...ranges].sort((a, b) => a.offset - b.offset)) builder.add(range.offset, range.length);
    return builder.build();
  }

  /** For the builder only: `blob` must already be valid. */
  static trusted(blob: Buffer, count: number, covered: number): ExtentList {
    return new ExtentList(blob, count, covered);
  }

  /** Offset of extent `index`, 0 … count − 1. */
  offsetAt(index: number): number {
    return this.words[index * 4]! + this.words[index * 4 + 1]! * TWO_POW_32;
  }

  lengthAt(index: number): number {
    return this.words[index * 4 + 2]! + this.words[index * 4 + 3]! * TWO_POW_32;
  }

  endAt(index: number): number {
    return this.offsetAt(index) + this.lengthAt(index);
  }

  /** End of the last extent; 0 when empty. */
  get end(): number {
    return this.count === 0 ? 0 : this.endAt(this.count - 1);
  }

  /** Index of the first extent that ends after `offset`; `count` when there is none. */
  indexFrom(offset: number): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.endAt(middle) > offset) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** What of the list lies in a range: the extents that meet it, ascending, each cut to it. Found by halving, so that many ranges cost little. */
  *within({ offset, length }: ByteRange): IterableIterator<ByteRange> {
    if (length === 0) return;
    const end = offset + length;
    for (let index = this.indexFrom(offset); index < this.count && this.offsetAt(index) < end; index++) {
      const start = Math.max(offset, this.offsetAt(index));
      yield { offset: start, length: Math.min(end, this.endAt(index)) - start };
    }
  }

  /** Whether any byte of a range is in the list. */
  meets({ offset, length }: ByteRange): boolean {
    const index = this.indexFrom(offset);
    return length > 0 && index < this.count && this.offsetAt(index) < offset + length;
  }

  *[Symbol.iterator](): IterableIterator<ByteRange> {
    for (let index = 0; index < this.count; index++) yield { offset: this.offsetAt(index), length: this.lengthAt(index) };
  }

  /** The reference by which messages and plans name it; hashes the blob. */
  reference(): ExtentsRef {
    return {
      digest: createHash('sha256').update(this.blob).digest('hex'),
      bytes: this.blob.length,
      count: this.count,
      covered: this.covered,
    };
  }
}

/** Builds an {@link ExtentList} from extents given in ascending order; touching and overlapping ones are joined. */
export class ExtentListBuilder {
  private words = new Uint32Array(1024);
  private count = 0;
  private start = -1;
  private end = -1;

  /**
   * Adds `[offset, offset + length)`; a length of 0 is nothing.
   * @throws InvalidInputError when `offset` lies before the previous extent's start, or the end beyond 2^53 − 1
   */
  add(offset: number, length: number): this {
    if (length === 0) return this;
    const valid =
      Number.isSafeInteger(offset) &&
      Number.isSafeInteger(length) &&
      offset >= 0 &&
      length > 0 &&
      Number.isSafeInteger(offset + length);
    if (!valid || offset < this.start)
      throw new InvalidInputError(`extent at ${offset}, ${length} bytes, is out of order or out of range`);
    if (offset <= this.end) {
      this.end = Math.max(this.end, offset + length);
      return this;
    }
    this.flush();
    this.start = offset;
    this.end = offset + length;
    return this;
  }

  build(): ExtentList {
    this.flush();
    const blob = Buffer.alloc(HEADER_BYTES + this.count * RECORD_BYTES);
    blob.write(MAGIC, 0, 'latin1');
    blob.writeBigUInt64LE(BigInt(this.count), 8);
    Buffer.from(this.words.buffer, 0, this.count * RECORD_BYTES).copy(blob, HEADER_BYTES);
    let covered = 0;
    for (let at = 0; at < this.count * 4; at += 4) covered += this.words[at + 2]! + this.words[at + 3]! * TWO_POW_32;
    return ExtentList.trusted(blob, this.count, covered);
  }

  private flush(): void {
    if (this.start < 0) return;
    if ((this.count + 1) * 4 > this.words.length) {
      const larger = new Uint32Array(this.words.length * 2);
      larger.set(this.words);
      this.words = larger;
    }
    const length = this.end - this.start;
    this.words.set(
      [this.start % TWO_POW_32, Math.floor(this.start / TWO_POW_32), length % TWO_POW_32, Math.floor(length / TWO_POW_32)],
      this.count * 4,
    );
    this.count++;
    this.start = -1;
  }
}
