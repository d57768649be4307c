import { CancelledError, DiskwrightError } from '@diskwright/sdk/errors';
import type {
  ByteRange,
  Lease,
  PartitionTableKind,
  PluginParams,
  PluginRequestMethod,
  PluginResult,
  TableLayout,
  VolumeRef,
} from '@diskwright/sdk/protocol';
import type { PluginProcess } from '../plugins/pluginProcess';
import type { ContributedFilesystem, ContributedTable } from '../plugins/pluginRecord';
import type { PluginRegistry } from '../plugins/pluginRegistry';
import type { PluginSupervisor } from '../plugins/pluginSupervisor';
import { type Candidate, inOrderOfChoice, matchingCandidates, type ScoredCandidate } from './candidates';
import type { DeviceAccess } from './deviceAccess';
import { type Caller, HOST, type ProviderHandle, ProviderHandles, type ProviderKind } from './providerHandles';
import { TableLayouts } from './tableLayouts';

export interface ProviderBrokerOptions {
  registry: Pick<PluginRegistry, 'filesystems' | 'partitionTables'>;
  supervisor: Pick<PluginSupervisor, 'activate' | 'use' | 'onProcessEnded'>;
  devices: DeviceAccess;
  /** Ids of contributed providers that the user prefers to all others, the first most. */
  preferred?: readonly string[];
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

interface Found<C extends Candidate> {
  candidate: C;
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
    const found = await this.open(caller, 'filesystem', registry.filesystems(), volume.deviceId, range, signal);
    if (!found) return null;
    const { handle } = found.handle;
    const type = await this.volumeType(found, signal);
    return { handle, provider: found.candidate.plugin.id, type };
  }

  /** Opens a device's partition table; null when no provider knows it. */
  async openTable(caller: Caller, deviceId: string, signal?: AbortSignal): Promise<OpenedTable | null> {
    const { devices, registry } = this.options;
    const range = { offset: 0, length: devices.get(deviceId).size };
    const types = new Map<ContributedTable, PartitionTableKind>();
    const found = await this.open(caller, 'partitionTable', registry.partitionTables(), deviceId, range, signal, types);
    return found && { handle: found.handle.handle, provider: found.candidate.plugin.id, type: types.get(found.candidate)! };
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
    const touched = this.handles.where((entry) => entry.deviceId === deviceId && (!range || overlap(entry.range, range)));
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

  private async open<C extends Candidate>(
    caller: Caller,
    kind: ProviderKind,
    all: C[],
    deviceId: string,
    range: ByteRange,
    signal?: AbortSignal,
    types?: Map<C, PartitionTableKind>,
  ): Promise<Found<C> | null> {
    const candidates = await matchingCandidates(all, this.options.devices, deviceId, range, signal);
    const place = { caller, kind, deviceId, range };
    const probed = await Promise.allSettled(candidates.map((candidate) => this.probe(place, candidate, signal, types)));
    if (signal?.aborted) throw new CancelledError();
    const scored = probed.flatMap((result) => (result.status === 'fulfilled' ? result.value : []));
    const errors = probed.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
    for (const { candidate } of inOrderOfChoice(scored, this.options.preferred ?? [])) {
      try {
        return { candidate, handle: await this.openAt(place, candidate, signal) };
      } catch (error) {
        if (signal?.aborted) throw new CancelledError();
        errors.push(error);
      }
    }
    // Nobody knows it; but what went wrong on the way is not the same as nothing being there.
    if (errors.length > 0) throw errors.find((error) => error instanceof DiskwrightError) ?? errors[0];
    return null;
  }

  private async probe<C extends Candidate>(
    place: Place,
    candidate: C,
    signal?: AbortSignal,
    types?: Map<C, PartitionTableKind>,
  ): Promise<ScoredCandidate<C>> {
    const release = this.options.supervisor.use(candidate.plugin.id);
    try {
      const { process, lease } = await this.withLease(place, candidate);
      try {
        if (place.kind === 'filesystem') {
          const { score } = await process.request('filesystem/probe', { filesystem: candidate.contribution.id, lease }, signal);
          return { candidate, score };
        }
        const { score, type } = await process.request(
          'partitionTable/probe',
          { table: candidate.contribution.id, lease },
          signal,
        );
        types?.set(candidate, type);
        return { candidate, score };
      } finally {
        await this.revoke(lease.leaseId);
      }
    } finally {
      release();
    }
  }

  private async openAt(place: Place, candidate: Candidate, signal?: AbortSignal): Promise<ProviderHandle> {
    const release = this.options.supervisor.use(candidate.plugin.id);
    try {
      const { process, lease } = await this.withLease(place, candidate);
      try {
        const { id } = candidate.contribution;
        const opened =
          place.kind === 'filesystem'
            ? await process.request('filesystem/open', { filesystem: id, lease }, signal)
            : await process.request('partitionTable/open', { table: id, lease }, signal);
        return this.handles.add({ ...place, process, inner: opened.handle, leaseId: lease.leaseId, release });
      } catch (error) {
        await this.revoke(lease.leaseId);
        throw error;
      }
    } catch (error) {
      release();
      throw error;
    }
  }

  /** The plugin's process, and a lease whose socket it has been sent. Both are made at the same time: each takes a while. */
  private async withLease({ deviceId, range }: Place, { plugin }: Candidate): Promise<{ process: PluginProcess; lease: Lease }> {
    const { devices, supervisor } = this.options;
    const [activated, granted] = await Promise.allSettled([
      supervisor.activate(plugin.id),
      devices.lease(deviceId, range, `plugin ${plugin.id}`),
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

  private async volumeType({ candidate, handle }: Found<ContributedFilesystem>, signal?: AbortSignal): Promise<string> {
    const { types } = candidate.contribution;
    if (types.length === 1) return types[0]!;
    try {
      return (await handle.process.request('filesystem/info', { handle: handle.inner }, signal)).type;
    } catch (error) {
      await this.end(handle, 'it could not be opened');
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
    void this.closeCaller(process.plugin.id);
  }

  private async revoke(leaseId: string): Promise<void> {
    // A service that is gone has no leases any more.
    await this.options.devices.revoke(leaseId).catch(() => undefined);
  }
}

type Place = Pick<ProviderHandle, 'caller' | 'kind' | 'deviceId' | 'range'>;

function overlap(a: ByteRange, b: ByteRange): boolean {
  return a.offset < b.offset + b.length && b.offset < a.offset + a.length;
}
