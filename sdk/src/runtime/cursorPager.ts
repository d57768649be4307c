import { CancelledError, StaleError } from '../errors';

/** A page of JSON stays below this, an item that is larger by itself excepted. */
const PAGE_BYTES = 256 * 1024;
const MAX_CURSORS = 16;

type Items<T> = Iterable<T> | AsyncIterable<T>;
interface OpenCursor {
  iterator: Iterator<unknown> | AsyncIterator<unknown>;
  controller: AbortController;
  /** Taken from the iterator, but too much for the page before. */
  held: { item: unknown } | null;
  /** What every page repeats, such as a file's size. */
  header: unknown;
}
export interface Page<T, H> {
  items: T[];
  header: H;
  cursor: string | null;
}

/**
 * Cuts long results into pages, pulled by cursor: the iterator behind a cursor runs only while a page is asked for. Keeps at most 16 cursors; the
 * one that was not used for the longest time ends when a further one is opened.
 */
export class CursorPager {
  private readonly cursors = new Map<string, OpenCursor>();
  private sequence = 0;

  /**
   * The first page of what `start` iterates over (without a cursor), or the next page.
   * @param start its signal aborts when the page that is being made is cancelled, and when the pager is closed
   * @throws StaleError for a cursor that is not open any more
   */
  async page<T, H = undefined>(
    cursor: string | undefined,
    maxItems: number,
    signal: AbortSignal,
    start: (signal: AbortSignal) => Promise<{ items: Items<T>; header: H }> | { items: Items<T>; header: H },
  ): Promise<Page<T, H>> {
    const open = cursor === undefined ? await this.open(start) : this.resume(cursor);
    const onAbort = (): void => open.controller.abort();
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      signal.throwIfAborted();
      const { items, more } = await this.fill<T>(open, maxItems, signal);
      return { items, header: open.header as H, cursor: more ? this.keep(open) : null };
    } catch (error) {
      this.end(open);
      throw error;
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  /** Ends all cursors. */
  close(): void {
    for (const open of this.cursors.values()) this.end(open);
    this.cursors.clear();
  }

  private async open<T, H>(
    start: (signal: AbortSignal) => Promise<{ items: Items<T>; header: H }> | { items: Items<T>; header: H },
  ): Promise<OpenCursor> {
    const controller = new AbortController();
    const { items, header } = await start(controller.signal);
    const iterator = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
    return { iterator, controller, held: null, header };
  }

  private resume(cursor: string): OpenCursor {
    const open = this.cursors.get(cursor);
    if (!open) throw new StaleError('this listing is not open any more', { todo: 'Start it again.' });
    this.cursors.delete(cursor);
    return open;
  }

  private keep(open: OpenCursor): string {
    const id = `c${++this.sequence}`;
    this.cursors.set(id, open);
    if (this.cursors.size > MAX_CURSORS) {
      const [oldest, ended] = this.cursors.entries().next().value!;
      this.cursors.delete(oldest);
      this.end(ended);
    }
    return id;
  }

  private async fill<T>(open: OpenCursor, maxItems: number, signal: AbortSignal): Promise<{ items: T[]; more: boolean }> {
    const items: T[] = [];
    let bytes = 0;
    while (true) {
      if (signal.aborted) throw new CancelledError();
      const next = open.held ?? (await take(open.iterator));
      open.held = null;
      if (!next) return { items, more: false };
      bytes += JSON.stringify(next.item).length + 1;
      if (items.length > 0 && (bytes > PAGE_BYTES || items.length >= maxItems)) {
        open.held = next;
        return { items, more: true };
      }
      items.push(next.item as T);
    }
  }

  private end(open: OpenCursor): void {
    open.controller.abort();
    // The iterator's own clean-up; it has nobody left to report to.
    void Promise.resolve(open.iterator.return?.()).catch(() => undefined);
  }
}

async function take(iterator: Iterator<unknown> | AsyncIterator<unknown>): Promise<{ item: unknown } | null> {
  const result = await iterator.next();
  return result.done ? null : { item: result.value };
}
