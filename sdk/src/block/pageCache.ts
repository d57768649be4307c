import type { BlockSource } from './blockSource';
import { checkRange } from './checkRange';
import { readInto } from './readInto';

/** Reads of at least this part of the cache are not kept. */
const LARGE_PART = 16;

/** Pages that a read of the next one in order brings. */
const PAGES_AHEAD = 4;

/** How a {@link PageCache} reads: bytes a page, and how many pages it keeps. */
export interface PageCacheOptions {
  pageBytes?: number;
  maxPages?: number;
}

/**
 * A block source with a least-recently-used cache of whole pages, for parsers that read many small structures. Missing pages that lie side by
 * side are fetched by one request, and a page that is being fetched is shared by all who wait for it. What it caches never goes stale while the
 * lease below it lives, since a lease keeps writers out.
 */
export class PageCache implements BlockSource {
  readonly size: number;
  readonly sectorSize: 512 | 4096;
  private readonly pages = new Map<number, Promise<Buffer>>();
  private readonly pageBytes: number;
  private readonly maxPages: number;

  constructor(
    private readonly base: BlockSource,
    options: PageCacheOptions = {},
  ) {
    this.size = base.size;
    this.sectorSize = base.sectorSize;
    this.pageBytes = options.pageBytes ?? 16384;
    this.maxPages = options.maxPages ?? 512;
  }

  async read(offset: number, length: number, signal?: AbortSignal): Promise<Buffer> {
    checkRange(offset, length, this.size);
    if (length === 0) return Buffer.alloc(0);
    const first = Math.floor(offset / this.pageBytes);
    const last = Math.floor((offset + length - 1) / this.pageBytes);
    // A scan of large pieces reads each of them once: it would only evict what is useful, and be copied.
    if (last - first >= this.maxPages / LARGE_PART && !this.hasAll(first, last)) return this.base.read(offset, length, signal);
    let pages: Buffer[];
    try {
      pages = await Promise.all(this.fetch(first, last, signal));
    } catch (error) {
      if (signal?.aborted) throw error;
      // It may be another's trouble: an unreadable sector that shares a page with what is asked for, or the cancel of whoever fetched that page.
      return this.base.read(offset, length, signal);
    }
    const bytes = Buffer.allocUnsafe(length);
    let start = offset - first * this.pageBytes;
    let done = 0;
    for (const page of pages) {
      done += page.copy(bytes, done, start, start + length - done);
      start = 0;
    }
    return bytes;
  }

  /** Takes from the cache what lies there, and brings nothing into it. */
  async readInto(offset: number, destination: Buffer, signal?: AbortSignal): Promise<void> {
    const { length } = destination;
    checkRange(offset, length, this.size);
    const first = Math.floor(offset / this.pageBytes);
    const last = Math.floor((offset + length - 1) / this.pageBytes);
    if (this.hasAll(first, last)) (await this.read(offset, length, signal)).copy(destination);
    else await readInto(this.base, offset, destination, signal);
  }

  private hasAll(first: number, last: number): boolean {
    for (let index = first; index <= last; index++) if (!this.pages.has(index)) return false;
    return true;
  }

  private fetch(first: number, last: number, signal?: AbortSignal): Promise<Buffer>[] {
    const result: Promise<Buffer>[] = [];
    for (let index = first; index <= last; index++) {
      const cached = this.pages.get(index);
      if (cached) {
        // Re-inserted, so that the map's order is the order of use.
        this.pages.delete(index);
        this.pages.set(index, cached);
        result.push(cached);
        continue;
      }
      let end = index;
      while (end < last && !this.pages.has(end + 1)) end++;
      const run = this.fetchRun(index, this.withPagesAhead(index, end), signal);
      result.push(...run.slice(0, end - index + 1));
      index = end;
    }
    this.evict();
    return result;
  }

  /** Whoever has read what lies before reads on: then a few further pages come along. What is read here and there costs no more than it is. */
  private withPagesAhead(first: number, last: number): number {
    if (!this.pages.has(first - 1)) return last;
    const furthest = Math.min(first + PAGES_AHEAD - 1, Math.ceil(this.size / this.pageBytes) - 1);
    let end = last;
    while (end < furthest && !this.pages.has(end + 1)) end++;
    return end;
  }

  private fetchRun(first: number, last: number, signal?: AbortSignal): Promise<Buffer>[] {
    const start = first * this.pageBytes;
    const run = this.base.read(start, Math.min((last + 1) * this.pageBytes, this.size) - start, signal);
    return Array.from({ length: last - first + 1 }, (_, position) => {
      const page = run.then((bytes) => bytes.subarray(position * this.pageBytes, (position + 1) * this.pageBytes));
      this.pages.set(first + position, page);
      // A failed fetch must not be remembered: the next reader may have better luck, or another signal.
      page.catch(() => {
        if (this.pages.get(first + position) === page) this.pages.delete(first + position);
      });
      return page;
    });
  }

  private evict(): void {
    for (const index of this.pages.keys()) {
      if (this.pages.size <= this.maxPages) return;
      this.pages.delete(index);
    }
  }
}
