import { createHash } from 'node:crypto';
import { InvalidInputError } from '../errors';
import type { ByteRange, ExtentsRef } from '../protocol/types';
import { EXTENT_LIST_MAGIC, ExtentListParser, HEADER_BYTES, RECORD_BYTES } from './extentListParser';

const TWO_POW_32 = 0x1_0000_0000;
const HEADER_WORDS = HEADER_BYTES / Uint32Array.BYTES_PER_ELEMENT;
const RECORD_WORDS = RECORD_BYTES / Uint32Array.BYTES_PER_ELEMENT;

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
    const parser = new ExtentListParser();
    parser.take(blob);
    parser.end();
    const aligned = blob.byteOffset % 4 === 0 ? blob : Buffer.from(new Uint8Array(blob).buffer);
    return new ExtentList(aligned, parser.count, parser.covered);
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

const FIRST_RECORDS = 256;
/** Memory that was never written to costs nothing, but what a list has grown out of does until it is collected: few steps are better. */
const GROWTH = 4;

/** Builds an {@link ExtentList} from extents given in ascending order; touching and overlapping ones are joined. Good for one list. */
export class ExtentListBuilder {
  /** The blob as it grows, with room behind it. */
  private words = new Uint32Array(HEADER_WORDS + FIRST_RECORDS * RECORD_WORDS);
  private used = HEADER_WORDS;
  private covered = 0;
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
    const count = (this.used - HEADER_WORDS) / RECORD_WORDS;
    const blob = Buffer.from(this.words.buffer, 0, this.used * Uint32Array.BYTES_PER_ELEMENT);
    blob.write(EXTENT_LIST_MAGIC, 0, 'latin1');
    blob.writeBigUInt64LE(BigInt(count), 8);
    return ExtentList.trusted(blob, count, this.covered);
  }

  private flush(): void {
    if (this.start < 0) return;
    if (this.used === this.words.length) {
      const larger = new Uint32Array(HEADER_WORDS + (this.words.length - HEADER_WORDS) * GROWTH);
      larger.set(this.words);
      this.words = larger;
    }
    const { words, start } = this;
    const length = this.end - start;
    words[this.used++] = start % TWO_POW_32;
    words[this.used++] = Math.floor(start / TWO_POW_32);
    words[this.used++] = length % TWO_POW_32;
    words[this.used++] = Math.floor(length / TWO_POW_32);
    this.covered += length;
    this.start = -1;
  }
}
