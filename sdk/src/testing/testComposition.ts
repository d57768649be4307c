import type { BlockSource } from '../block/index';
import { NotSupportedError, StaleError } from '../errors';
import type {
  ByteRange,
  NewTableKind,
  PartitionOperation,
  PluginParams,
  PluginProtocol,
  PluginRequestMethod,
  PluginResult,
  RebuildResult,
} from '../protocol/index';
import type { Peer } from '../rpc/index';
import type { PluginDefinition } from '../runtime/index';
import type { MemoryDataPlane } from './memoryDataPlane';

export type ProviderKind = 'filesystem' | 'partitionTable';
/** A plugin of the test host. */
export interface TestPlugin {
  id: string;
  definition: PluginDefinition;
  peer: Peer<PluginProtocol>;
}
/** A provider's open volume or table, under the handle by which callers name it. */
export interface OpenedProvider {
  handle: string;
  /** Id of the plugin. */
  provider: string;
}
interface Opened {
  peer: Peer<PluginProtocol>;
  handle: string;
  leaseId: string;
}

/** Picks providers by probing all, and forwards calls to them, as the host's broker does (without its choice by magic bytes). */
export class TestComposition {
  readonly plugins: TestPlugin[] = [];
  private readonly opened = new Map<string, Opened>();
  private sequence = 0;

  constructor(private readonly data: MemoryDataPlane) {}

  /** The provider that is surest of itself, opened; null when none wants it. */
  async open(kind: ProviderKind, source: BlockSource, range?: ByteRange, signal?: AbortSignal): Promise<OpenedProvider | null> {
    let best: { plugin: TestPlugin; score: number; opened: Opened } | null = null;
    for (const plugin of this.plugins) {
      const ids = Object.keys((kind === 'filesystem' ? plugin.definition.filesystems : plugin.definition.partitionTables) ?? {});
      for (const id of ids) {
        const found = await this.openAt(kind, plugin, id, source, range, signal);
        const better = found && found.score > (best?.score ?? 0);
        await this.end(better ? best?.opened : found?.opened);
        if (better) best = { plugin, ...found };
      }
    }
    if (!best) return null;
    const handle = `open${++this.sequence}`;
    this.opened.set(handle, best.opened);
    return { handle, provider: best.plugin.id };
  }

  /** A new table by the first provider that makes any. @throws NotSupportedError when none does */
  async createTable(
    { size, sectorSize }: BlockSource,
    type: NewTableKind,
    operations: PartitionOperation[],
    signal?: AbortSignal,
  ): Promise<RebuildResult> {
    for (const { definition, peer } of this.plugins) {
      const table = Object.entries(definition.partitionTables ?? {}).find(([, { create }]) => create)?.[0];
      if (table === undefined) continue;
      return peer.request('partitionTable/create', { table, type, target: { size, sectorSize }, operations }, signal);
    }
    throw new NotSupportedError(`no plugin makes partition tables of the kind ${type}`);
  }

  /** Sends a call on to the provider that the handle belongs to. */
  async forward<M extends PluginRequestMethod>(
    method: M,
    params: PluginParams<M>,
    signal?: AbortSignal,
  ): Promise<PluginResult<M>> {
    const { handle } = params as { handle: string };
    if (method.endsWith('/close')) {
      await this.close(handle);
      return {} as PluginResult<M>;
    }
    const opened = this.opened.get(handle);
    if (!opened) throw new StaleError(`handle ${handle} is not open any more`);
    return opened.peer.request<M>(method, { ...params, handle: opened.handle }, signal);
  }

  async close(handle: string): Promise<void> {
    const opened = this.opened.get(handle);
    this.opened.delete(handle);
    await this.end(opened);
  }

  private async openAt(
    kind: ProviderKind,
    { peer }: TestPlugin,
    id: string,
    source: BlockSource,
    range?: ByteRange,
    signal?: AbortSignal,
  ): Promise<{ score: number; opened: Opened } | null> {
    const lease = this.data.createLease(source, range);
    try {
      const { score, handle } =
        kind === 'filesystem'
          ? await peer.request('filesystem/open', { filesystem: id, lease }, signal)
          : await peer.request('partitionTable/open', { table: id, lease }, signal);
      if (handle !== null) return { score, opened: { peer, handle, leaseId: lease.leaseId } };
    } catch (error) {
      this.data.revoke(lease.leaseId);
      throw error;
    }
    this.data.revoke(lease.leaseId);
    return null;
  }

  private async end(opened: Opened | undefined): Promise<void> {
    if (!opened) return;
    const method = opened.handle.startsWith('fs') ? 'filesystem/close' : 'partitionTable/close';
    await opened.peer.request(method, { handle: opened.handle });
    this.data.revoke(opened.leaseId);
  }
}
