import { CancelledError } from '../errors';

/** A page of JSON stays below this, an item that is larger by itself excepted. */
const PAGE_BYTES = 256 * 1024;
/** A page that has something is not held back for longer, though there is room in it. */
const PAGE_MILLISECONDS = 100;

/** Items one by one or several at once, which is cheaper; an item is never an array itself. */
export type Items<T, End = unknown> = Iterable<T | readonly T[], End> | AsyncIterable<T | readonly T[], End>;
type Result<T, End> = IteratorResult<T | readonly T[], End>;

/** What `items` iterates over; while one is looked at, the next is being made. */
export async function* oneAhead<T>(items: AsyncIterable<T>): AsyncGenerator<T, void, undefined> {
  const iterator = items[Symbol.asyncIterator]();
  try {
    for (let next = await iterator.next(); !next.done;) {
      const coming = iterator.next();
      // Whoever asks for the next one is told; until then nobody may be waiting.
      coming.catch(() => undefined);
      yield next.value;
      next = await coming;
    }
  } finally {
    await iterator.return?.();
  }
}

/** Cuts an iteration into pages. It runs only while a page is asked for, except for the one step that a page did not wait for. */
export class PagedItems<T, End = unknown> {
  private readonly iterator: Iterator<T | readonly T[], End> | AsyncIterator<T | readonly T[], End>;
  /** Taken from the iterator, but not yet in a page from `next` on. */
  private taken: readonly T[] = [];
  private next = 0;
  private pending: Promise<Result<T, End>> | null = null;
  /** What the iterator failed with, where that is still to be told. */
  private failure: { error: unknown } | null = null;

  constructor(items: Items<T, End>) {
    this.iterator = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
  }

  /**
   * The next page: full, or what there is after a tenth of a second, or the last one, or what came before the iterator failed: the page behind that fails.
   * @param weigh at least the characters of an item in JSON
   * @returns `end` is what the iterator returned, once nothing is left
   * @throws what the iterator throws
   */
  async page(
    maxItems: number,
    signal: AbortSignal,
    weigh: (item: T) => number = jsonLength,
  ): Promise<{ items: T[]; end: { value: End } | null }> {
    const items: T[] = [];
    const due = new Deadline();
    let bytes = 0;
    try {
      while (true) {
        for (; this.next < this.taken.length; this.next++) {
          const item = this.taken[this.next]!;
          bytes += weigh(item);
          if (items.length > 0 && (bytes > PAGE_BYTES || items.length >= maxItems)) return { items, end: null };
          items.push(item);
        }
        if (items.length >= maxItems) return { items, end: null };
        if (signal.aborted) throw new CancelledError();
        if (this.failure) throw this.failure.error;
        let result: Result<T, End> | null;
        try {
          const step = this.step();
          result = step instanceof Promise ? await (items.length > 0 ? Promise.race([step, due.passed()]) : step) : step;
        } catch (error) {
          // What came before is not lost with what follows it; whoever cancelled wants neither.
          if (items.length === 0 || signal.aborted) throw error;
          this.failure = { error };
          return { items, end: null };
        }
        if (result === null) return { items, end: null };
        this.pending = null;
        if (result.done) return { items, end: { value: result.value } };
        this.taken = Array.isArray(result.value) ? (result.value as readonly T[]) : [result.value as T];
        this.next = 0;
      }
    } finally {
      due.clear();
    }
  }

  /** Lets the iterator clean up; it has nobody left to report to. */
  close(): void {
    void Promise.resolve(this.iterator.return?.()).catch(() => undefined);
  }

  private step(): Result<T, End> | Promise<Result<T, End>> {
    if (this.pending) return this.pending;
    const step = this.iterator.next();
    if (!(step instanceof Promise)) return step as Result<T, End>;
    this.pending = step;
    // Whoever asks for the next page is told; until then nobody may be waiting.
    step.catch(() => undefined);
    return step;
  }
}

const jsonLength = (item: unknown): number => JSON.stringify(item).length + 1;

/** A timer that starts when it is first asked for. */
class Deadline {
  private timer: NodeJS.Timeout | null = null;
  private promise: Promise<null> | null = null;

  passed(): Promise<null> {
    this.promise ??= new Promise((resolve) => {
      this.timer = setTimeout(() => resolve(null), PAGE_MILLISECONDS);
    });
    return this.promise;
  }

  clear(): void {
    if (this.timer) clearTimeout(this.timer);
  }
}
