import { checkRange } from '../block/checkRange';

const pageBytes = 4096;

/** What a scratch image lies over: a buffer, or a {@link FileBytes}. */
export interface ScratchBase {
  /** Bytes. */
  readonly length: number;
  /** Copies `[start, end)` to `targetStart` of `target`; what lies outside of either is left out. */
  copy(target: Buffer, targetStart: number, start: number, end: number): void;
}

/**
 * Changeable bytes over an unchanged base: only the pages that are written are copied, so that thousands of damaged variants of a large image cost
 * next to nothing. Belongs to whoever made it; the base stays the caller's and is never written.
 */
export class ScratchImage {
  private readonly pages = new Map<number, Buffer>();
  private currentSize: number;

  constructor(private readonly base: ScratchBase | Buffer) {
    this.currentSize = base.length;
  }

  /** Size in bytes; smaller than the base after {@link truncate}, larger after {@link extend}. */
  get size(): number {
    return this.currentSize;
  }

  /** A copy of `[offset, offset + length)`. @throws InvalidInputError when it lies outside of the image */
  read(offset: number, length: number): Buffer {
    checkRange(offset, length, this.currentSize);
    const result = Buffer.alloc(length);
    this.base.copy(result, 0, Math.min(offset, this.base.length), Math.min(offset + length, this.base.length));
    if (this.pages.size === 0 || length === 0) return result;
    for (let page = Math.floor(offset / pageBytes); page <= Math.floor((offset + length - 1) / pageBytes); page++) {
      const changed = this.pages.get(page);
      if (!changed) continue;
      const start = page * pageBytes;
      const from = Math.max(start, offset);
      changed.copy(result, from - offset, from - start, Math.min(start + pageBytes, offset + length) - start);
    }
    return result;
  }

  /** Writes what lies inside the image; the rest is cut off, so that a mutation need not mind the end. */
  write(offset: number, bytes: Buffer): void {
    const end = Math.min(offset + bytes.length, this.currentSize);
    for (let position = offset; position < end;) {
      const page = Math.floor(position / pageBytes);
      const inPage = position - page * pageBytes;
      const count = Math.min(pageBytes - inPage, end - position);
      bytes.copy(this.writablePage(page), inPage, position - offset, position - offset + count);
      position += count;
    }
  }

  /** Cuts the image to `size` bytes; a larger `size` changes nothing. */
  truncate(size: number): void {
    this.currentSize = Math.min(this.currentSize, size);
  }

  /** Lengthens the image to `size` bytes with zeros (or what the base has there); a smaller `size` changes nothing. */
  extend(size: number): void {
    this.currentSize = Math.max(this.currentSize, size);
  }

  /** What was written, in pieces, ascending. */
  changes(): { offset: number; bytes: Buffer }[] {
    const pages = [...this.pages].sort(([a], [b]) => a - b);
    return pages.map(([page, bytes]) => ({
      offset: page * pageBytes,
      bytes: bytes.subarray(0, Math.max(0, this.currentSize - page * pageBytes)),
    }));
  }

  private writablePage(page: number): Buffer {
    const known = this.pages.get(page);
    if (known) return known;
    const fresh = Buffer.alloc(pageBytes);
    const start = Math.min(page * pageBytes, this.base.length);
    this.base.copy(fresh, 0, start, Math.min(start + pageBytes, this.base.length));
    this.pages.set(page, fresh);
    return fresh;
  }
}
