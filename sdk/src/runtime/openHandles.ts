import { StaleError } from '../errors';
import { CursorPager } from './cursorPager';
import type { LeaseConnection } from './dataPlane';

/** Something that a provider has opened on leases, with the listings that are under way on it. */
export interface OpenHandle<T> {
  value: T;
  pager: CursorPager;
}
interface Entry<T extends { close?(): Promise<void> }> extends OpenHandle<T> {
  source: Pick<LeaseConnection, 'close'>;
}

/** What the providers of this plugin have open, by handle. */
export class OpenHandles<T extends { close?(): Promise<void> }> {
  private readonly entries = new Map<string, Entry<T>>();
  private sequence = 0;

  constructor(private readonly prefix: string) {}

  /** Takes over both; `close` ends them. */
  add(value: T, source: Pick<LeaseConnection, 'close'>): string {
    const handle = `${this.prefix}${++this.sequence}`;
    this.entries.set(handle, { value, source, pager: new CursorPager() });
    return handle;
  }

  /** @throws StaleError when it is not open */
  get(handle: string): OpenHandle<T> {
    const entry = this.entries.get(handle);
    if (!entry) throw new StaleError(`handle ${handle} is not open any more`);
    return entry;
  }

  /** Closes the handle, then its leases, also when closing fails. Unknown handles are closed already. */
  async close(handle: string): Promise<void> {
    const entry = this.entries.get(handle);
    if (!entry) return;
    this.entries.delete(handle);
    entry.pager.close();
    try {
      await entry.value.close?.();
    } finally {
      entry.source.close();
    }
  }

  async closeAll(): Promise<void> {
    await Promise.allSettled([...this.entries.keys()].map((handle) => this.close(handle)));
  }
}
