import { StaleError } from '../errors';
import type { ListPage, OpenList } from '../protocol/index';
import type { CommandList } from './commandHandler';
import { PagedItems } from './pagedItems';
import type { ListEnd } from '../protocol/types';

/** As the host knows it. */
const walkOf = ({ volume, ...walk }: NonNullable<CommandList['walk']>): NonNullable<OpenList['walk']> => ({
  volume: volume.handle,
  ...walk,
});
const MAX_ITEMS = 4096;
/** The one that was not used for the longest time ends when a further one is opened. */
const MAX_LISTS = 16;
const WHOLE: ListEnd = { message: null, exitStatus: 0 };

interface Entry {
  items: PagedItems<Record<string, unknown>, ListEnd | void>;
  /** Aborts, and closes what its command has open. */
  dispose(): Promise<void>;
}

/** The lists that commands have answered, by handle; each keeps its command's context until it has ended. */
export class OpenLists {
  private readonly entries = new Map<string, Entry>();

  /** @param dispose ends the command; called once */
  open(handle: string, { title, columns, line, walk, items = [] }: CommandList, dispose: () => Promise<void>): OpenList {
    this.entries.set(handle, { items: new PagedItems(items), dispose });
    if (this.entries.size > MAX_LISTS) void this.close(this.entries.keys().next().value!);
    return { title, columns, ...(line !== undefined && { line }), ...(walk && { walk: walkOf(walk) }), handle };
  }

  /** @throws StaleError when it is not open any more, and what the list throws, which ends it */
  async page(handle: string, signal: AbortSignal): Promise<ListPage> {
    const entry = this.entries.get(handle);
    if (!entry) throw new StaleError('this list is not open any more', { todo: 'Run its command again.' });
    this.entries.delete(handle);
    this.entries.set(handle, entry);
    const onAbort = (): void => void this.close(handle);
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      const { items, end } = await entry.items.page(MAX_ITEMS, signal);
      if (!end) return { items, end: null };
      await this.close(handle);
      return { items, end: end.value ?? WHOLE };
    } catch (error) {
      await this.close(handle);
      throw error;
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  /** Unknown ones are closed already. */
  async close(handle: string): Promise<void> {
    const entry = this.entries.get(handle);
    if (!this.entries.delete(handle)) return;
    entry!.items.close();
    await entry!.dispose();
  }

  async closeAll(): Promise<void> {
    await Promise.allSettled([...this.entries.keys()].map((handle) => this.close(handle)));
  }
}
