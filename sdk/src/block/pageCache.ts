import { MediaError } from '../errors';
import type { BlockSource } from './blockSource';
import { checkRange } from './checkRange';

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
    this.pageBytes = options.pageBytes ?? 65536;
    this.maxPages = options.maxPages ?? 128;
  }

  async read(offset: number, length: number, signal?: AbortSignal): Promise<Buffer> {
    checkRange(offset, length, this.size);
    if (length === 0) return Buffer.alloc(0);
    const first = Math.floor(offset / this.pageBytes);
    const last = Math.floor((offset + length - 1) / this.pageBytes);
    // A read larger than the whole cache would only evict what is useful.
    if (last - first >= this.maxPages) return this.base.read(offset, length, signal);
    let pages: Buffer[];
    try {
      pages = await Promise.all(this.fetch(first, last, signal));
    } catch (error) {
      // An unreadable sector that shares a page with what is asked for does not make that unreadable.
      if (error instanceof MediaError) return this.base.read(offset, length, signal);
      throw error;
    }
    const start = offset - first * this.pageBytes;
    if (pages.length === 1) return Buffer.from(pages[0]!.subarray(start, start + length));
    return Buffer.from(Buffer.concat(pages).subarray(start, start + length));
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
      result.push(...this.fetchRun(index, end, signal));
      index = end;
    }
    this.evict();
    return result;
  }

  private fetchRun(first: number, last: number, signal?: AbortSignal): Promise<Buffer>[] {
    const start = first * this.pageBytes;
    const run = this.base.read(start, Math.min((last + 1) * this.pageBytes, this.size) - start, signal);
    return Array.from({ length: last - first + 1 }, (_, position) => {
      const page = run.then((bytes) => bytes.subarray(position * this.pageBytes, (position + 1) * this.pageBytes));
      this.pages.set(first + position, page);
      // A failed fetch must not be remembered: the next reader may have better luck, or another signal.
      page.catch(() => this.pages.delete(first + position));
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
