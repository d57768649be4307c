import { randomUUID } from 'node:crypto';
import type { Secret } from '../containers/containerSecrets';
import type { Socket } from 'node:net';
import { CancelledError, DiskwrightError, NotSupportedError } from '@diskwright/sdk/errors';
import { rangesMeet } from '@diskwright/sdk/extents';
import type {
  ByteRange,
  ContainerDescription,
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
import type { ContributedContainer } from '../plugins/pluginRecord';
import type { PluginRegistry } from '../plugins/pluginRegistry';
import type { PluginSupervisor, PluginUse } from '../plugins/pluginSupervisor';
import { type Candidate, inOrderOfChoice, matchingCandidates, type ScoredCandidate } from './candidates';
import type { DeviceAccess } from './deviceAccess';
import { knownTo, type MemberPlace, membersBesides } from './memberPlaces';
import { type Caller, HOST, type ProviderHandle, ProviderHandles, type ProviderKind } from './providerHandles';
import { type Ask, askContainer, askFilesystem, askTable } from './openRequests';
import { TableLayouts } from './tableLayouts';

/** Of one container, as many as it may be asked to look at. */
const MAX_MEMBERS = 256;

export interface ProviderBrokerOptions {
  registry: Pick<PluginRegistry, 'filesystems' | 'partitionTables' | 'containers'>;
  supervisor: Pick<PluginSupervisor, 'leaseAccount' | 'processOf' | 'use' | 'onProcessEnded'>;
  devices: DeviceAccess;
  /** Ids of contributed providers that the user prefers to all others, the first most. */
  preferred?(): readonly string[];
}

/** Where a volume lies, and who reads it. */
export interface VolumePlace extends VolumeRef {
  range: ByteRange;
  /** Id of the plugin. */
  provider: string;
}

/** A file, or one of its streams, in a volume that a caller has open. */
export interface FileOfVolume {
  handle: string;
  node: string;
  stream?: string;
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

/** An open container, as the host is told of it. */
export interface OpenedContainer {
  handle: string;
  /** Id of the plugin. */
  provider: string;
  description: ContainerDescription;
  /** The volumes that it was looked for in; the first ones are those that were asked for. */
  members: readonly VolumeRef[];
}

interface Found<Type> extends ScoredCandidate {
  type: Type;
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
    const place: Place = { caller, kind: 'filesystem', ...volume, range, further: [] };
    const found = await this.open(place, registry.filesystems(), askFilesystem, signal);
    return found && { handle: found.handle.handle, provider: found.candidate.plugin.id, type: found.type };
  }

  /** Opens a device's partition table; null when no provider knows it. */
  async openTable(caller: Caller, deviceId: string, signal?: AbortSignal): Promise<OpenedTable | null> {
    const { devices, registry } = this.options;
    const range = { offset: 0, length: devices.get(deviceId).size };
    const place: Place = { caller, kind: 'partitionTable', deviceId, partition: null, range, further: [] };
    const found = await this.open(place, registry.partitionTables(), askTable, signal);
    return found && { handle: found.handle.handle, provider: found.candidate.plugin.id, type: found.type };
  }

  /**
   * Opens the container that volumes are members of, for the host; null when no provider knows the first of them as one. Other volumes of the same
   * devices that bear the marks of members are candidates as well.
   * @throws SecretNeededError; what reading or the provider throws
   */
  async openContainer(
    volumes: readonly VolumeRef[],
    secret: Secret | null,
    signal?: AbortSignal,
  ): Promise<OpenedContainer | null> {
    const { devices, registry } = this.options;
    const located: MemberPlace[] = [];
    for (const volume of volumes)
      located.push({ ...volume, range: await this.tables.locate(devices.get(volume.deviceId), volume, signal), knownTo: null });
    const [first, ...others] = located as [MemberPlace, ...MemberPlace[]];
    const all = registry.containers();
    const further = async (): Promise<MemberPlace[]> =>
      [...others, ...(await membersBesides(volumes, all, devices, this.tables, signal))].slice(0, MAX_MEMBERS - 1);
    const place: Place = { ...first, caller: HOST, kind: 'container', further };
    const found = await this.open(place, all, askContainer(secret), signal);
    if (!found) return null;
    const { handle, candidate, type: description } = found;
    const members = [first, ...handle.further].map(({ deviceId, partition }) => ({ deviceId, partition }));
    return { handle: handle.handle, provider: candidate.plugin.id, description, members };
  }

  /** The providers of containers that know a volume by its marks. */
  async containersKnowing(volume: VolumeRef, signal?: AbortSignal): Promise<ContributedContainer[]> {
    const { devices, registry } = this.options;
    const range = await this.tables.locate(devices.get(volume.deviceId), volume, signal);
    return matchingCandidates(registry.containers(), devices, volume.deviceId, range, signal);
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
    const answer = entry.process.request<M>(method, { ...params, handle: entry.inner }, signal);
    if (method === 'partitionTable/read') this.tables.remember(entry.deviceId, answer as Promise<TableLayout>);
    return answer;
  }

  /** Where the volume of a caller's handle lies, and the id of the plugin that provides it. @throws as {@link forward} */
  placeOf(caller: Caller, handle: string): VolumePlace {
    const { deviceId, range, partition, process } = this.handles.get(caller, handle, 'filesystem');
    return { deviceId, range, partition: partition!, provider: process.plugin.id };
  }

  /**
   * Has the provider behind the caller's handle serve a file's content over NBD on a socket, which is the provider's from now on, until that or the handle is
   * closed.
   * @throws as {@link forward}; NotSupportedError when it serves none
   */
  async serve(caller: Caller, { handle, node, stream }: FileOfVolume, socket: Socket, signal?: AbortSignal): Promise<void> {
    await sending(this.handles, { caller, handle, kind: 'filesystem' }, socket, ({ process, inner }, connection) =>
      process.request('filesystem/serve', { handle: inner, node, stream, connection }, signal),
    );
  }

  /** As {@link serve}, a device in a container that the host has open. */
  async serveDevice(handle: string, device: string, socket: Socket, signal?: AbortSignal): Promise<void> {
    await sending(this.handles, { caller: HOST, handle, kind: 'container' }, socket, ({ process, inner }, connection) =>
      process.request('container/serve', { handle: inner, device, connection }, signal),
    );
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
    const touched = this.handles.where((entry) =>
      [entry, ...entry.further].some((read) => read.deviceId === deviceId && (!range || rangesMeet(read.range, range))),
    );
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
  private async open<Type>(place: Place, all: Candidate[], ask: Ask<Type>, signal?: AbortSignal): Promise<Found<Type> | null> {
    const candidates = await matchingCandidates(all, this.options.devices, place.deviceId, place.range, signal);
    if (candidates.length === 0) return null;
    const further = typeof place.further === 'function' ? await place.further() : place.further;
    const tried = await Promise.allSettled(
      candidates.map((candidate) => this.openAt({ ...place, further: knownTo(candidate, further) }, candidate, ask, signal)),
    );
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
  private async openAt<Type>(
    place: SettledPlace,
    candidate: Candidate,
    ask: Ask<Type>,
    signal?: AbortSignal,
  ): Promise<Found<Type> | null> {
    const use = this.options.supervisor.use(candidate.plugin.id);
    try {
      const { process, leases } = await this.withLeases(place, candidate, use);
      const leaseIds = leases.map(({ leaseId }) => leaseId);
      try {
        const { score, handle, type } = await ask(process, candidate.contribution.id, leases, signal);
        if (handle !== null && type !== null) {
          const entry = this.handles.add({ ...place, process, inner: handle, leaseIds, release: use.release });
          return { candidate, score, type, handle: entry };
        }
      } catch (error) {
        await this.revoke(leaseIds);
        throw error;
      }
      await this.revoke(leaseIds);
    } catch (error) {
      use.release();
      throw error;
    }
    use.release();
    return null;
  }

  /** The plugin's process, and leases whose sockets it has been sent. All are made at the same time: each takes a while. */
  private async withLeases(
    place: SettledPlace,
    { plugin }: Candidate,
    use: PluginUse,
  ): Promise<{ process: PluginProcess; leases: Lease[] }> {
    const { devices, supervisor } = this.options;
    const account = supervisor.leaseAccount(plugin);
    const [activated, ...asked] = await Promise.allSettled([
      use.activate(),
      ...[place, ...place.further].map(({ deviceId, range }) => devices.lease(deviceId, range, `plugin ${plugin.id}`, account)),
    ]);
    const granted = asked.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    try {
      for (const each of [...asked, activated]) if (each.status === 'rejected') throw each.reason;
      const process = (activated as PromiseFulfilledResult<PluginProcess>).value;
      for (const { lease, socket } of granted) await process.sendDescriptor(lease.leaseId, socket);
      return { process, leases: granted.map(({ lease }) => lease) };
    } catch (error) {
      for (const { socket } of granted) socket.destroy();
      await this.revoke(granted.map(({ lease }) => lease.leaseId));
      throw error;
    }
  }

  private async end(entry: ProviderHandle, reason: string): Promise<void> {
    if (!this.handles.remove(entry, reason)) return;
    const { process, kind, inner, leaseIds, release } = entry;
    // A provider that fails to close has its lease taken away all the same.
    if (!process.closed) await process.request(`${kind}/close`, { handle: inner }).catch(() => undefined);
    await this.revoke(leaseIds);
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

  private async revoke(leaseIds: readonly string[]): Promise<void> {
    // A service that is gone has no leases any more.
    await Promise.allSettled(leaseIds.map((leaseId) => this.options.devices.revoke(leaseId)));
  }
}

type SettledPlace = Pick<ProviderHandle, 'caller' | 'kind' | 'deviceId' | 'partition' | 'range' | 'further'>;
/** `further` may be found out when somebody needs it. */
type Place = Omit<SettledPlace, 'further'> & { further: readonly MemberPlace[] | (() => Promise<readonly MemberPlace[]>) };

/** Sends a socket to the provider behind a handle, which is to serve something on it; the socket is the provider's from then on. */
async function sending(
  handles: ProviderHandles,
  { caller, handle, kind }: Pick<ProviderHandle, 'caller' | 'handle' | 'kind'>,
  socket: Socket,
  serve: (entry: ProviderHandle, connection: string) => Promise<unknown>,
): Promise<void> {
  try {
    const entry = handles.get(caller, handle, kind);
    const connection = `served-${randomUUID()}`;
    await entry.process.sendDescriptor(connection, socket);
    await serve(entry, connection);
  } catch (error) {
    socket.destroy();
    throw error;
  }
}
