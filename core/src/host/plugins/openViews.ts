import { randomUUID } from 'node:crypto';
import { FailedError, PeerGoneError, RefusedError } from '@diskwright/sdk/errors';
import type { CommandInput } from '@diskwright/sdk/protocol';
import type { PluginGrants } from './pluginGrants';
import type { PluginProcess } from './pluginProcess';
import type { InstalledPlugin } from './pluginRecord';
import type { PluginSupervisor } from './pluginSupervisor';

/** Messages of a plugin on their way to one page. */
const MAX_POSTS = 16;
/** Requests of one page that its plugin has not answered. */
const MAX_REQUESTS = 64;

/** A view that is to be opened, with devices in the place of their names. */
export interface ViewCall {
  plugin: InstalledPlugin;
  view: string;
  input: CommandInput;
  named: Record<string, string>;
  deviceIds: readonly string[];
}

/** Whoever shows a view. */
export interface ViewPage {
  /** What the plugin tells the page; resolves when the page's window has taken it. */
  onPosted(viewId: string, message: unknown): Promise<void>;
  /** The plugin's process has ended, for this reason: nothing answers the page any more. */
  onEnded(viewId: string, reason: string): void;
}

/** The plugin's part of a view that is shown. */
export interface OpenPluginView {
  readonly viewId: string;
  /** @throws what the plugin says, RefusedError for too many at once, PeerGoneError when its process has ended */
  request(method: string, params: unknown, signal?: AbortSignal): Promise<unknown>;
  /** Ends it, and what it has open. Doing so again does nothing. */
  close(): Promise<void>;
}

interface Entry {
  process: PluginProcess;
  page: ViewPage;
  posts: number;
}

/** The views that are shown, each with the process of the plugin that it began in, which is in use as long as it is open. */
export class OpenViews {
  private readonly entries = new Map<string, Entry>();

  constructor(
    private readonly supervisor: PluginSupervisor,
    private readonly grants: PluginGrants,
  ) {
    supervisor.onProcessEnded((process) => {
      for (const [viewId, { process: own, page }] of this.entries)
        if (own === process) {
          this.entries.delete(viewId);
          void process.ended.then((end) => page.onEnded(viewId, end?.reason ?? 'it was stopped'));
        }
    });
  }

  /** @throws what the plugin says of it, FailedError when the plugin does not start or is disabled, PeerGoneError */
  async open({ plugin, view, input, named, deviceIds }: ViewCall, page: ViewPage): Promise<OpenPluginView> {
    const viewId = randomUUID();
    const use = this.supervisor.use(plugin.id);
    let withdraw: (() => Promise<void>) | null = null;
    const release = async (): Promise<void> => {
      this.entries.delete(viewId);
      await withdraw?.();
      use.release();
    };
    try {
      const process = await use.activate();
      withdraw = this.grants.begin(viewId, {
        plugin: process.plugin,
        devices: new Set(deviceIds),
        folders: new Map(),
        onProgress: () => undefined,
      });
      this.entries.set(viewId, { process, page, posts: 0 });
      await process.request('view/open', { view, viewId, input, named });
      return this.opened(viewId, process, release);
    } catch (error) {
      await release();
      throw error;
    }
  }

  /** Passes on what a plugin tells one of its pages. @throws FailedError when that is closed, RefusedError for too many at once */
  async post(process: PluginProcess, viewId: string, message: unknown): Promise<void> {
    const entry = this.entries.get(viewId);
    if (entry?.process !== process) throw new FailedError('the view is closed');
    if (entry.posts >= MAX_POSTS)
      throw new RefusedError(`${MAX_POSTS} messages to the view are under way`, {
        todo: 'Wait for one to be taken before sending the next.',
      });
    entry.posts++;
    try {
      await entry.page.onPosted(viewId, message);
    } finally {
      entry.posts--;
    }
  }

  private opened(viewId: string, process: PluginProcess, release: () => Promise<void>): OpenPluginView {
    let requests = 0;
    let closing: Promise<void> | null = null;
    return {
      viewId,
      request: async (method, params, signal) => {
        if (closing || process.closed) throw new PeerGoneError(`the view's part in plugin ${process.plugin.id} has ended`);
        if (requests >= MAX_REQUESTS) throw new RefusedError(`the view has ${MAX_REQUESTS} requests under way`);
        requests++;
        try {
          return (await process.request('view/request', { viewId, method, params }, signal)).result;
        } finally {
          requests--;
        }
      },
      close: () =>
        (closing ??= (async () => {
          await process.request('view/close', { viewId }).catch(() => undefined);
          await release();
        })()),
    };
  }
}
