import { NotSupportedError } from '../errors';
import type { FolderOptions, Lease, PluginParams, VolumeRef } from '../protocol/index';
import type { LeaseConnection } from './dataPlane';
import type { FolderProxy, LeasedSource, PluginContext } from './pluginContext';
import type { PluginRuntime } from './pluginRuntime';
import { ProgressSampler } from './progressSampler';
import { TableProxy } from './tableProxy';
import { type Call, VolumeProxy } from './volumeProxy';

/** One run of a command, or one open view: its context, and all that it opened. */
export class CommandScope {
  readonly context: PluginContext;
  private readonly progress: ProgressSampler;
  private readonly opened = new Set<() => Promise<void>>();
  private readonly call: Call;

  constructor(
    private readonly runtime: PluginRuntime,
    call: Pick<PluginParams<'command/execute'>, 'named' | 'progressToken'>,
    private readonly signal: AbortSignal,
  ) {
    const { blobs } = runtime;
    this.call = (method, params) => runtime.host().request<typeof method>(method, params, signal);
    this.progress = new ProgressSampler((report) => {
      // The end of the connection ends the command as well; a report has nobody left to reach then.
      runtime
        .host()
        .notify('progress/report', { token: call.progressToken, ...report })
        .catch(() => undefined);
    });
    this.context = {
      signal,
      named: call.named,
      log: runtime.log,
      devices: {
        describe: (deviceId) => this.call('device/describe', { deviceId }),
        layout: (deviceId) => this.call('device/layout', { deviceId }),
        lease: async (deviceId, range) => this.leased(await this.call('device/lease', { deviceId, range })),
        table: (deviceId) => this.openTable(deviceId),
        createTable: (deviceId, type, operations) => this.call('device/createTable', { deviceId, type, operations }),
      },
      contents: {
        lease: async ({ content }) => this.leased(await this.call('content/lease', { content })),
        close: async ({ content }) => {
          await this.runtime.host().request('content/close', { content });
        },
      },
      folders: { open: (folder, options) => this.openFolder(folder, options) },
      volumes: { open: (volume) => this.openVolume(volume) },
      extents: {
        put: (list) => blobs.putExtents(list, signal),
        get: (reference) => blobs.getExtents(reference, signal),
      },
      blobs: {
        put: (bytes) => blobs.putBytes(bytes, signal),
        get: (reference) => blobs.getBytes(reference, signal),
      },
      settings: () => this.settings(),
      progress: (stage, done, total) =>
        this.progress.report({ stage, done: Math.round(done), total: total && Math.round(total) }),
    };
  }

  /** Sends the last progress and closes what the command left open. */
  async dispose(): Promise<void> {
    this.progress.end();
    await Promise.allSettled([...this.opened].map((close) => close()));
  }

  private async settings(): Promise<Record<string, unknown>> {
    try {
      return (await this.call('settings/read', {})).values;
    } catch (error) {
      // A host of protocol 0.1 has none.
      if (error instanceof NotSupportedError) return {};
      throw error;
    }
  }

  private async leased(lease: Lease): Promise<LeasedSource> {
    let connection: LeaseConnection | null = null;
    const release = this.own(async () => {
      connection?.close();
      await this.runtime.host().request('lease/release', { leaseId: lease.leaseId });
    });
    try {
      connection = await this.runtime.dataPlane.openLease(lease, this.signal);
      return new DisposableLease(connection, lease.offset, release);
    } catch (error) {
      await release();
      throw error;
    }
  }

  private async openTable(deviceId: string): Promise<TableProxy | null> {
    const opened = await this.call('device/table', { deviceId });
    if (!opened) return null;
    const close = this.own(async () => {
      await this.runtime.host().request('partitionTable/close', { handle: opened.handle });
    });
    return new TableProxy(this.call, opened.handle, opened.provider, opened.type, close);
  }

  private async openVolume(volume: VolumeRef): Promise<VolumeProxy | null> {
    const opened = await this.call('volume/open', volume);
    if (!opened) return null;
    const close = this.own(async () => {
      await this.runtime.host().request('filesystem/close', { handle: opened.handle });
    });
    return new VolumeProxy(this.call, opened.handle, opened.provider, opened.type, close);
  }

  private async openFolder(folder: string, options: FolderOptions): Promise<FolderProxy> {
    const { extraction } = await this.call('folder/open', { folder, options });
    const close = this.own(async () => {
      await this.runtime.host().request('folder/close', { extraction });
    });
    return {
      write: (volume, entries) => this.call('folder/write', { extraction, handle: volume.handle, entries }),
      finish: () => this.call('folder/finish', { extraction }),
      close,
    };
  }

  /** Remembers how to close something; the answer closes it once, for the command's signal is no reason to leave it open. */
  private own(close: () => Promise<void>): () => Promise<void> {
    const once = async (): Promise<void> => {
      if (this.opened.delete(once)) await close();
    };
    this.opened.add(once);
    return once;
  }
}

class DisposableLease implements LeasedSource {
  readonly size: number;
  readonly sectorSize: 512 | 4096;

  constructor(
    private readonly connection: LeaseConnection,
    readonly offset: number,
    readonly dispose: () => Promise<void>,
  ) {
    this.size = connection.size;
    this.sectorSize = connection.sectorSize;
  }

  read(offset: number, length: number, signal?: AbortSignal): Promise<Buffer> {
    return this.connection.read(offset, length, signal);
  }
}
