import { CancelledError, DiskwrightError, NotSupportedError } from '@diskwright/sdk/errors';
import { rangesMeet } from '@diskwright/sdk/extents';
import type {
  ByteRange,
  Lease,
  NewTableKind,
  PartitionOperation,
  PartitionTableKind,
  PluginParams,
  PluginRequestMethod,
  PluginResult,
  RebuildResult,
  TableLayout,
  VolumeRef,
} from '@diskwright/sdk/protocol';
import type { PluginProcess } from '../plugins/pluginProcess';
import type { PluginRegistry } from '../plugins/pluginRegistry';
import type { PluginSupervisor, PluginUse } from '../plugins/pluginSupervisor';
import { type Candidate, inOrderOfChoice, matchingCandidates, type ScoredCandidate } from './candidates';
import type { DeviceAccess } from './deviceAccess';
import { type Caller, HOST, type ProviderHandle, ProviderHandles, type ProviderKind } from './providerHandles';
import { TableLayouts } from './tableLayouts';

export interface ProviderBrokerOptions {
  registry: Pick<PluginRegistry, 'filesystems' | 'partitionTables'>;
  supervisor: Pick<PluginSupervisor, 'leaseAccount' | 'processOf' | 'use' | 'onProcessEnded'>;
  devices: DeviceAccess;
  /** Ids of contributed providers that the user prefers to all others, the first most. */
  preferred?(): readonly string[];
}

/** An open volume, as the caller is told of it. */
export interface OpenedVolume {
  handle: string;
  /** Id of the plugin. */
  provider: string;
  /** libblkid's name. */
  type: string;
}
/** An open partition table, as the caller is told of it. */
export interface OpenedTable {
  handle: string;
  provider: string;
  type: PartitionTableKind;
}

interface Found extends ScoredCandidate {
  type: string;
  handle: ProviderHandle;
}

/**
 * Brings callers and providers together: picks the provider of a volume or table, gives it a read lease of its own, and forwards typed calls. Callers
 * and providers never meet; each side's end closes what it had open.
 */
export class ProviderBroker {
  private readonly handles = new ProviderHandles();
  private readonly tables: TableLayouts;

  constructor(private readonly options: ProviderBrokerOptions) {
    this.tables = new TableLayouts((deviceId, signal) => this.readTable(deviceId, signal));
    options.supervisor.onProcessEnded((process) => this.providerEnded(process));
  }

  /**
   * Opens a volume by the provider that knows it best; null when none does. Whether the caller may see the device is for the caller's own gate.
   * @throws what reading or the provider throws; a provider that crashes counts only when no other knows the volume
   */
  async openVolume(caller: Caller, volume: VolumeRef, signal?: AbortSignal): Promise<OpenedVolume | null> {
    const { devices, registry } = this.options;
    const range = await this.tables.locate(devices.get(volume.deviceId), volume, signal);
    const found = await this.open(
      { caller, kind: 'filesystem', deviceId: volume.deviceId, range },
      registry.filesystems(),
      signal,
    );
    return found && { handle: found.handle.handle, provider: found.candidate.plugin.id, type: found.type };
  }

  /** Opens a device's partition table; null when no provider knows it. */
  async openTable(caller: Caller, deviceId: string, signal?: AbortSignal): Promise<OpenedTable | null> {
    const { devices, registry } = this.options;
    const range = { offset: 0, length: devices.get(deviceId).size };
    const found = await this.open({ caller, kind: 'partitionTable', deviceId, range }, registry.partitionTables(), signal);
    return found && { handle: found.handle.handle, provider: found.candidate.plugin.id, type: found.type as PartitionTableKind };
  }

  /**
   * What is to be written for a new table on a device, by the provider of the highest priority that makes such tables.
   * @throws NotSupportedError when none does; what the provider refuses
   */
  async createTable(
    deviceId: string,
    type: NewTableKind,
    operations: PartitionOperation[],
    signal?: AbortSignal,
  ): Promise<RebuildResult> {
    const { devices, registry, supervisor } = this.options;
    const { size, sectorSize } = devices.get(deviceId);
    const [found] = registry
      .partitionTables()
      .filter(({ contribution }) => contribution.creates?.includes(type))
      .sort((a, b) => (b.contribution.priority ?? 0) - (a.contribution.priority ?? 0));
    if (!found) {
      throw new NotSupportedError(`no plugin makes partition tables of the kind ${type}`, {
        todo: 'See "diskwright plugin list" for one that is disabled.',
      });
    }
    const use = supervisor.use(found.plugin.id);
    try {
      const process = await use.activate();
      const request = { table: found.contribution.id, type, target: { size, sectorSize }, operations };
      return await process.request('partitionTable/create', request, signal);
    } finally {
      use.release();
    }
  }

  /** The range of a volume on its device, by its table as it was read a moment ago. */
  locate(volume: VolumeRef, signal?: AbortSignal): Promise<ByteRange> {
    return this.tables.locate(this.options.devices.get(volume.deviceId), volume, signal);
  }

  /**
   * Sends a call on to the provider behind the caller's handle.
   * @throws StaleError when the device changed or the provider ended since it was opened
   */
  async forward<M extends PluginRequestMethod>(
    caller: Caller,
    method: M,
    params: PluginParams<M>,
    signal?: AbortSignal,
  ): Promise<PluginResult<M>> {
    const { handle } = params as { handle: string };
    const kind = method.split('/', 1)[0] as ProviderKind;
    if (method === `${kind}/close`) {
      await this.close(caller, handle);
      return {} as PluginResult<M>;
    }
    const entry = this.handles.get(caller, handle, kind);
    const answer = entry.process.request(method, { ...params, handle: entry.inner }, signal);
    if (method === 'partitionTable/read') this.tables.remember(entry.deviceId, answer as Promise<TableLayout>);
    return answer;
  }

  /** Closes a caller's handle and gives the provider's lease back. Unknown ones are closed already. */
  async close(caller: Caller, handle: string): Promise<void> {
    const entry = this.handles.find(caller, handle);
    if (entry) await this.end(entry, 'it was closed');
  }

  /** Closes all that a caller has open, or what it has open on one device. */
  async closeCaller(caller: Caller, deviceId?: string): Promise<void> {
    const theirs = this.handles.where(
      (entry) => entry.caller === caller && (deviceId === undefined || entry.deviceId === deviceId),
    );
    await Promise.all(theirs.map((entry) => this.end(entry, 'the command that opened it has ended')));
  }

  /** Bytes of a device changed: what was opened on them is stale from now on. Without a range, the whole device. */
  async invalidate(deviceId: string, range?: ByteRange): Promise<void> {
    this.tables.forget(deviceId);
    const touched = this.handles.where((entry) => entry.deviceId === deviceId && (!range || rangesMeet(entry.range, range)));
    const { path } = this.options.devices.get(deviceId);
    await Promise.all(touched.map((entry) => this.end(entry, `${path} has changed since it was opened`)));
  }

  private async readTable(deviceId: string, signal?: AbortSignal): Promise<TableLayout | null> {
    const opened = await this.openTable(HOST, deviceId, signal);
    if (!opened) return null;
    const entry = this.handles.get(HOST, opened.handle, 'partitionTable');
    try {
      return await entry.process.request('partitionTable/read', { handle: entry.inner }, signal);
    } finally {
      await this.end(entry, 'it was closed');
    }
  }

  /** Lets every candidate look and keeps the best of those that take the range for their own. */
  private async open(place: Place, all: Candidate[], signal?: AbortSignal): Promise<Found | null> {
    const candidates = await matchingCandidates(all, this.options.devices, place.deviceId, place.range, signal);
    const tried = await Promise.allSettled(candidates.map((candidate) => this.openAt(place, candidate, signal)));
    const found = tried.flatMap((result) => (result.status === 'fulfilled' && result.value ? [result.value] : []));
    const errors = tried.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
    const [best, ...others] = inOrderOfChoice(found, this.options.preferred?.() ?? []);
    if (signal?.aborted && best) others.push(best);
    await Promise.all(others.map(({ handle }) => this.end(handle, 'another provider knows it better')));
    if (signal?.aborted) throw new CancelledError();
    if (best) return best;
    // Nobody knows it; but what went wrong on the way is not the same as nothing being there.
    if (errors.length > 0) throw errors.find((error) => error instanceof DiskwrightError) ?? errors[0];
    return null;
  }

  /** Null when the provider does not take it for its own. */
  private async openAt(place: Place, candidate: Candidate, signal?: AbortSignal): Promise<Found | null> {
    const use = this.options.supervisor.use(candidate.plugin.id);
    try {
      const { process, lease } = await this.withLease(place, candidate, use);
      try {
        const { id } = candidate.contribution;
        const { score, handle, type } =
          place.kind === 'filesystem'
            ? await process.request('filesystem/open', { filesystem: id, lease }, signal)
            : await process.request('partitionTable/open', { table: id, lease }, signal);
        if (handle !== null) {
          const entry = this.handles.add({ ...place, process, inner: handle, leaseId: lease.leaseId, release: use.release });
          return { candidate, score, type, handle: entry };
        }
      } catch (error) {
        await this.revoke(lease.leaseId);
        throw error;
      }
      await this.revoke(lease.leaseId);
    } catch (error) {
      use.release();
      throw error;
    }
    use.release();
    return null;
  }

  /** The plugin's process, and a lease whose socket it has been sent. Both are made at the same time: each takes a while. */
  private async withLease(
    { deviceId, range }: Place,
    { plugin }: Candidate,
    use: PluginUse,
  ): Promise<{ process: PluginProcess; lease: Lease }> {
    const { devices, supervisor } = this.options;
    const [activated, granted] = await Promise.allSettled([
      use.activate(),
      devices.lease(deviceId, range, `plugin ${plugin.id}`, supervisor.leaseAccount(plugin.id)),
    ]);
    if (granted.status === 'rejected') throw granted.reason;
    const { lease, socket } = granted.value;
    try {
      if (activated.status === 'rejected') throw activated.reason;
      await activated.value.sendDescriptor(lease.leaseId, socket);
      return { process: activated.value, lease };
    } catch (error) {
      socket.destroy();
      await this.revoke(lease.leaseId);
      throw error;
    }
  }

  private async end(entry: ProviderHandle, reason: string): Promise<void> {
    if (!this.handles.remove(entry, reason)) return;
    const { process, kind, inner, leaseId, release } = entry;
    // A provider that fails to close has its lease taken away all the same.
    if (!process.closed) await process.request(`${kind}/close`, { handle: inner }).catch(() => undefined);
    await this.revoke(leaseId);
    release();
  }

  private providerEnded(process: PluginProcess): void {
    for (const entry of this.handles.where((candidate) => candidate.process === process)) {
      void this.end(entry, `plugin ${process.plugin.id}, which had opened it, has ended`);
    }
    // What an older version had opened goes with the devices of its commands, so that the newer one's stays.
    const { id } = process.plugin;
    if (this.options.supervisor.processOf(id) === null) void this.closeCaller(id);
  }

  private async revoke(leaseId: string): Promise<void> {
    // A service that is gone has no leases any more.
    await this.options.devices.revoke(leaseId).catch(() => undefined);
  }
}

type Place = Pick<ProviderHandle, 'caller' | 'kind' | 'deviceId' | 'range'>;
