import { CancelledError, StaleError } from '@diskwright/sdk/errors';
import type { ListEnd, ListPage, OpenList } from '@diskwright/sdk/protocol';
import type { ProviderBroker } from '../providers/providerBroker';
import { ListedWalk, walkedItems, type WalkedTable } from './listedWalk';
import type { PluginProcess } from './pluginProcess';

/** A page as it was pulled: either kind, the other is empty. */
export interface PulledPage {
  items: ListPage['items'];
  walked: WalkedTable | null;
  end: ListEnd | null;
}

/** The items of a page, whatever its kind. */
export const itemsOf = ({ items, walked }: PulledPage): ListPage['items'] => (walked ? walkedItems(walked) : items);

/** A list that a command answered, pulled page by page. Its plugin stays in use until it has ended, failed or is closed. */
export class PluginList {
  private readonly controller = new AbortController();
  private readonly walk: ListedWalk | null;

  /** @param end gives back what the command was given; may be called again */
  constructor(
    private readonly process: PluginProcess,
    broker: Pick<ProviderBroker, 'forward'>,
    private readonly list: OpenList,
    private readonly end: () => Promise<void>,
  ) {
    this.walk = list.walk ? new ListedWalk(broker, process.plugin.id, list.walk) : null;
  }

  /** What it is called and which columns people are shown; without its handle, which is the plugin's. */
  get description(): Omit<OpenList, 'handle' | 'walk'> {
    const { handle: _, walk: _walk, ...description } = this.list;
    return description;
  }

  /**
   * The next page; one call at a time.
   * @throws what the command says, PeerGoneError when the plugin has ended, CancelledError, StaleError after the end; all of them close the list
   */
  async next(signal?: AbortSignal): Promise<PulledPage> {
    const { handle } = this.list;
    if (this.controller.signal.aborted) throw new StaleError('this list has ended', { todo: 'Run its command again.' });
    const ended = signal ? AbortSignal.any([signal, this.controller.signal]) : this.controller.signal;
    try {
      const page = this.walk ? await this.walk.next(ended) : await this.process.request('command/page', { handle }, ended);
      // A walk has ended without its command's knowing.
      if (page.end) await (this.walk ? this.close() : this.finish());
      return { items: [], walked: null, ...page };
    } catch (error) {
      await this.close();
      throw signal?.aborted ? new CancelledError() : error;
    }
  }

  /** Ends it where it is; a page that is being made is cancelled. May be called again. */
  async close(): Promise<void> {
    if (this.controller.signal.aborted) return;
    this.controller.abort();
    await closeList(this.process, this.list.handle);
    await this.end();
  }

  private async finish(): Promise<void> {
    this.controller.abort();
    await this.end();
  }
}

/** A process that is gone has no lists any more. */
export async function closeList(process: PluginProcess, handle: string): Promise<void> {
  if (!process.closed) await process.request('command/closeList', { handle }).catch(() => undefined);
}
