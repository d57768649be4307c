import type { ByteRange } from '@diskwright/sdk/protocol';
import type { ReadBytes } from '../../api/host';

/** Bytes of a page: large enough that a screen is one or two requests, small enough for a failing disk. */
export const pageBytes = 64 * 1024;
/** What a device's cache may hold. */
const cacheLimit = 32 * 1024 * 1024;
/** Requests at one time; a device that hangs must not take all connections of the browser (six to one server). */
const requestsAtOnce = 2;

export interface Page {
  /** Null while it is being read, or when it could not be. */
  bytes: Uint8Array | null;
  unreadable: readonly ByteRange[];
  /** Why it could not be read at all. */
  error: unknown;
}

interface Request {
  page: number;
  abort: AbortController;
  /** When it was sent, by `performance.now()`. */
  since: number;
}

/** What is being waited for: for the user, and for the Cancel button. */
export interface Waiting {
  offset: number;
  sinceMilliseconds: number;
}

/**
 * Pages of one device, read when they are wanted. What is wanted is said anew at every change of the view: what is wanted no longer is aborted, what
 * is read is told by `onRead`. After {@link cancel} nothing is read until the next {@link want} that names another page, or {@link resume}.
 */
export class PageCache {
  /** In the order of their last use, the oldest first. */
  private readonly pages = new Map<number, Page>();
  private readonly requests = new Map<number, Request>();
  /** By who wants them: each grid its own. */
  private readonly wantedBy = new Map<object, readonly number[]>();
  private paused = false;
  private disposed = false;
  private answered = false;

  /** @param read of a range inside the device; rejects when nothing of it can be read */
  constructor(
    private readonly size: number,
    private readonly read: (range: ByteRange, signal: AbortSignal) => Promise<ReadBytes>,
    private readonly onRead: () => void,
    private readonly limit = cacheLimit,
  ) {}

  /** The page that an offset lies in, if it is there; counts as a use. */
  get(pageNumber: number): Page | undefined {
    const page = this.pages.get(pageNumber);
    if (page) {
      this.pages.delete(pageNumber);
      this.pages.set(pageNumber, page);
    }
    return page;
  }

  /** Whether anything was read, or could not be, so far. */
  get hasAnswered(): boolean {
    return this.answered;
  }

  get isPaused(): boolean {
    return this.paused;
  }

  /** The request that has been under way for longest; null when there is none. */
  get waiting(): Waiting | null {
    const [oldest] = this.requests.values();
    return oldest ? { offset: oldest.page * pageBytes, sinceMilliseconds: oldest.since } : null;
  }

  /** Which pages are wanted now, the most urgent first: what is seen, then what will be. */
  want(viewer: object, pageNumbers: readonly number[]): void {
    const wanted = pageNumbers.filter((page) => page >= 0 && page * pageBytes < this.size);
    const before = this.wantedBy.get(viewer) ?? [];
    const fresh = wanted.some((page) => !before.includes(page) && !this.pages.has(page));
    this.wantedBy.set(viewer, wanted);
    this.dropUnwanted();
    if (fresh) this.paused = false;
    this.sendNext();
  }

  /** This viewer is gone. */
  leave(viewer: object): void {
    this.wantedBy.delete(viewer);
    this.dropUnwanted();
  }

  /** Gives up what is being waited for; its pages stay placeholders. */
  cancel(): void {
    this.paused = true;
    for (const request of [...this.requests.values()]) this.drop(request);
  }

  /** Tries again, failed pages as well. */
  resume(): void {
    this.paused = false;
    for (const [number, page] of this.pages) if (page.error) this.pages.delete(number);
    this.sendNext();
  }

  /** Forgets everything: the device's content changed. */
  clear(): void {
    for (const request of [...this.requests.values()]) this.drop(request);
    this.pages.clear();
    this.sendNext();
  }

  dispose(): void {
    this.disposed = true;
    this.cancel();
    this.pages.clear();
  }

  /** The most urgent of each viewer first. */
  private get wanted(): number[] {
    const lists = [...this.wantedBy.values()];
    const longest = Math.max(0, ...lists.map(({ length }) => length));
    return Array.from({ length: longest }, (_, index) => lists.map((list) => list[index]))
      .flat()
      .filter((page) => page !== undefined);
  }

  private dropUnwanted(): void {
    const { wanted } = this;
    for (const request of [...this.requests.values()]) {
      if (!wanted.includes(request.page)) this.drop(request);
    }
  }

  private drop(request: Request): void {
    this.requests.delete(request.page);
    request.abort.abort();
  }

  private sendNext(): void {
    if (this.paused || this.disposed) return;
    for (const page of this.wanted) {
      if (this.requests.size >= requestsAtOnce) return;
      if (!this.pages.has(page) && !this.requests.has(page)) void this.send(page);
    }
  }

  private async send(page: number): Promise<void> {
    const request: Request = { page, abort: new AbortController(), since: performance.now() };
    this.requests.set(page, request);
    const offset = page * pageBytes;
    let answer: Page;
    try {
      const range = { offset, length: Math.min(pageBytes, this.size - offset) };
      const { bytes, unreadable } = await this.read(range, request.abort.signal);
      answer = { bytes, unreadable, error: null };
    } catch (error) {
      answer = { bytes: null, unreadable: [], error };
    }
    // Dropped meanwhile, and perhaps asked for again: not this one's place any more.
    if (this.requests.get(page) !== request) return;
    this.requests.delete(page);
    this.pages.set(page, answer);
    this.answered = true;
    this.evict();
    this.onRead();
    this.sendNext();
  }

  private evict(): void {
    const room = Math.max(4, Math.floor(this.limit / pageBytes));
    if (this.pages.size <= room) return;
    const { wanted } = this;
    for (const number of this.pages.keys()) {
      if (this.pages.size <= room) return;
      if (!wanted.includes(number)) this.pages.delete(number);
    }
  }
}

/** Pages to be wanted for a visible range: itself, then what comes next at this speed (rows' bytes a second, negative upwards). */
export function pagesFor(visible: ByteRange, bytesPerSecond: number): number[] {
  const first = Math.floor(visible.offset / pageBytes);
  const last = Math.floor((visible.offset + Math.max(1, visible.length) - 1) / pageBytes);
  const seen = Array.from({ length: last - first + 1 }, (_, index) => first + index);
  // What half a second of scrolling reaches, at most a MiB; one page each way at rest.
  const ahead = Math.min(16, Math.max(1, Math.ceil(Math.abs(bytesPerSecond) / 2 / pageBytes)));
  const forward = Array.from({ length: ahead }, (_, index) => last + 1 + index);
  const backward = Array.from({ length: ahead }, (_, index) => first - 1 - index);
  if (bytesPerSecond > 0) return [...seen, ...forward];
  if (bytesPerSecond < 0) return [...seen, ...backward];
  return [...seen, last + 1, first - 1];
}
