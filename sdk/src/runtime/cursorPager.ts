import { StaleError } from '../errors';
import { type Items, PagedItems } from './pagedItems';

const MAX_CURSORS = 16;

interface OpenCursor {
  paged: PagedItems<unknown>;
  controller: AbortController;
  /** What every page repeats, such as a file's size. */
  header: unknown;
  mostItems: number;
}
/** What pages are made of. */
export interface Paged<T, H> {
  items: Items<T>;
  /** What every page repeats. */
  header: H;
  /** In a page, where it is less than what was asked for. */
  mostItems?: number;
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
   * @param weigh at least the characters of an item in JSON, where that is told faster than by making it
   * @param start its signal aborts when the page that is being made is cancelled, and when the pager is closed
   * @throws StaleError for a cursor that is not open any more
   */
  async page<T, H = undefined>(
    cursor: string | undefined,
    maxItems: number,
    signal: AbortSignal,
    start: (signal: AbortSignal) => Promise<Paged<T, H>> | Paged<T, H>,
    weigh?: (item: T) => number,
  ): Promise<Page<T, H>> {
    const open = cursor === undefined ? await this.open(start) : this.resume(cursor);
    const onAbort = (): void => open.controller.abort();
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      signal.throwIfAborted();
      const { items, end } = await open.paged.page(
        Math.min(maxItems, open.mostItems),
        signal,
        weigh as ((item: unknown) => number) | undefined,
      );
      return { items: items as T[], header: open.header as H, cursor: end ? null : this.keep(open) };
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

  private async open<T, H>(start: (signal: AbortSignal) => Promise<Paged<T, H>> | Paged<T, H>): Promise<OpenCursor> {
    const controller = new AbortController();
    const { items, header, mostItems = Infinity } = await start(controller.signal);
    return { paged: new PagedItems(items), controller, header, mostItems };
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

  private end(open: OpenCursor): void {
    open.controller.abort();
    open.paged.close();
  }
}
