import { InvalidInputError } from '@diskwright/sdk/errors';
import type { ListPage, OpenList } from '@diskwright/sdk/protocol';
import { itemsOf, type PluginList } from '../../host/plugins/pluginList';

/** The one that was not used for the longest time ends when a further one is opened. */
const MAX_LISTS = 16;
const IDLE_MILLISECONDS = 10 * 60_000;

interface Entry {
  list: PluginList;
  idle: NodeJS.Timeout;
}

/** The lists that a window has open. One that it asks nothing of for ten minutes ends, so that its plugin and its devices are free again. */
export class OpenLists {
  private readonly entries = new Map<string, Entry>();
  private sequence = 0;

  /** @param closed the window is gone */
  constructor(closed: AbortSignal) {
    closed.addEventListener('abort', () => {
      for (const handle of [...this.entries.keys()]) void this.close(handle);
    });
  }

  /** Takes the list over. */
  add(list: PluginList): OpenList {
    const handle = `list${++this.sequence}`;
    this.keep(handle, list);
    if (this.entries.size > MAX_LISTS) void this.close(this.entries.keys().next().value!);
    return { ...list.description, handle };
  }

  /** @throws InvalidInputError when it is not open, and what the command says */
  async page(handle: string, signal: AbortSignal): Promise<ListPage> {
    const entry = this.entries.get(handle);
    if (!entry) throw new InvalidInputError('this list is not open any more', { todo: 'Run its command again.' });
    clearTimeout(entry.idle);
    this.entries.delete(handle);
    const page = await entry.list.next(signal);
    if (!page.end) this.keep(handle, entry.list);
    return { items: itemsOf(page), end: page.end };
  }

  async close(handle: string): Promise<void> {
    const entry = this.entries.get(handle);
    if (!entry) return;
    this.entries.delete(handle);
    clearTimeout(entry.idle);
    await entry.list.close();
  }

  private keep(handle: string, list: PluginList): void {
    this.entries.set(handle, { list, idle: setTimeout(() => void this.close(handle), IDLE_MILLISECONDS).unref() });
  }
}
