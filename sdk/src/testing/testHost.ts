import { InvalidInputError } from '../errors';
import { ExtentList } from '../extents/index';
import {
  type ByteRange,
  type CommandInput,
  type CommandResult,
  type DeviceLayout,
  type ExtentsRef,
  type ListEnd,
  pluginMessages,
  type PluginParams,
  type PluginProtocol,
  type Progress,
  type ResolveResult,
  type VolumeRef,
} from '../protocol/index';
import { createPeer, type HandlerContext, type PeerHandlers } from '../rpc/index';
import { type Call, connectPlugin, type PluginDefinition, TableProxy, VolumeProxy } from '../runtime/index';
import { duplexPair } from './duplexPair';
import { MemoryDataPlane } from './memoryDataPlane';
import { TestComposition } from './testComposition';
import { type TestDevice, TestDevices } from './testDevices';
import { readTestLayout } from './testLayout';

export interface TestHostOptions {
  /** By name; a command is given the name as device id. */
  devices: Record<string, TestDevice>;
  /** Other plugins beside the one under test, by id, such as the providers that a command works with. */
  plugins?: Record<string, PluginDefinition>;
  /** Values of the settings of the plugin under test; none by default. */
  settings?: Record<string, unknown>;
}

export interface TestCall {
  signal?: AbortSignal;
  /** What the user gave, by input field; none by default. */
  named?: Record<string, string>;
}

/** The plugin's part of a view, as its page has it. */
export interface TestView {
  /** What the plugin posted, oldest first. */
  readonly posted: unknown[];
  request<T>(method: string, params?: unknown, signal?: AbortSignal): Promise<T>;
  close(): Promise<void>;
}

/** A line that a plugin wrote to its log. */
export interface TestLogLine {
  plugin: string;
  level: string;
  message: string;
}

/**
 * A host for the tests of a plugin, without processes and without a service. The messages are the real ones: they are encoded, validated and
 * answered as between processes; only leases and blobs go by memory. Device names serve as ids and as paths.
 */
export class TestHost {
  /** What plugins logged, oldest first. */
  readonly log: TestLogLine[] = [];
  /** What commands reported, oldest first. */
  readonly progress: Progress[] = [];
  private readonly data = new MemoryDataPlane();
  private readonly composition = new TestComposition(this.data);
  private readonly views = new Map<string, unknown[]>();
  private tokens = 0;

  /** @internal use {@link createTestHost} */
  constructor(
    private readonly devices: TestDevices,
    private readonly settings: Record<string, unknown> = {},
  ) {}

  /** Every blob that a plugin stored, by digest. */
  get blobs(): ReadonlyMap<string, Buffer> {
    return this.data.blobs;
  }

  /** Leases that were given and not given back: 0 when nothing leaks. */
  get openLeases(): number {
    return this.data.openLeases;
  }

  /** The extent list behind a reference, as it stands in a plan or an allocation. */
  extents(reference: ExtentsRef): ExtentList {
    const blob = this.blobs.get(reference.digest);
    if (!blob) throw new InvalidInputError(`there is no extent list ${reference.digest}`);
    return ExtentList.fromBlob(blob);
  }

  /** Runs a command of the plugin under test. Fails as the user would see it fail, also when the result is not as its schema says. */
  async execute(command: string, input: CommandInput, call: TestCall = {}): Promise<CommandResult> {
    const answer = await this.underTest.request('command/execute', this.commandCall(command, input, call), call.signal);
    if (answer.kind !== 'list') return answer;
    await this.underTest.request('command/closeList', { handle: answer.list.handle });
    throw new InvalidInputError(`${command} answers a list`, { todo: 'Get it by TestHost.list.' });
  }

  /** As {@link execute}, for a command that answers a list: its items as they come, and how it ended. Who stops before the end closes it. */
  async *list(command: string, input: CommandInput, call: TestCall = {}): AsyncGenerator<Record<string, unknown>, ListEnd> {
    const answer = await this.underTest.request('command/execute', this.commandCall(command, input, call), call.signal);
    if (answer.kind !== 'list') throw new InvalidInputError(`${command} answered a ${answer.kind}, no list`);
    const { handle } = answer.list;
    try {
      while (true) {
        const { items, end } = await this.underTest.request('command/page', { handle }, call.signal);
        yield* items;
        if (end) return end;
      }
    } finally {
      await this.underTest.request('command/closeList', { handle });
    }
  }

  /**
   * Opens a view of the plugin under test, as a page that is shown does; the caller closes it.
   * @param input as `view/open` has it: `subject`, a device's name or `{deviceId, partition}`, where the view is opened on something
   */
  async openView(view: string, input: CommandInput = {}, named: Record<string, string> = {}): Promise<TestView> {
    const viewId = `view${++this.tokens}`;
    const posted: unknown[] = [];
    this.views.set(viewId, posted);
    await this.underTest.request('view/open', { view, viewId, input, named });
    return {
      posted,
      request: async <T>(method: string, params: unknown = null, signal?: AbortSignal) =>
        (await this.underTest.request('view/request', { viewId, method, params }, signal)).result as T,
      close: async () => {
        this.views.delete(viewId);
        await this.underTest.request('view/close', { viewId });
      },
    };
  }

  resolve(command: string, input: CommandInput, call: TestCall = {}): Promise<ResolveResult> {
    return this.underTest.request('command/resolve', this.commandCall(command, input, call), call.signal);
  }

  /** The filesystem on a volume, by whichever plugin is surest of it; null when none is. */
  async openVolume(volume: VolumeRef, signal?: AbortSignal): Promise<VolumeProxy | null> {
    const opened = await this.openVolumeHandle(volume, signal);
    return (
      opened &&
      new VolumeProxy(this.calls(signal), opened.handle, opened.provider, opened.type, () =>
        this.composition.close(opened.handle),
      )
    );
  }

  /** The partition table of a device; null when no plugin knows it. */
  async openTable(device: string, signal?: AbortSignal): Promise<TableProxy | null> {
    const opened = await this.openTableHandle(device, signal);
    return (
      opened &&
      new TableProxy(this.calls(signal), opened.handle, opened.provider, opened.type, () => this.composition.close(opened.handle))
    );
  }

  /** The layout of a device, as the host makes it. */
  layout(device: string, signal?: AbortSignal): Promise<DeviceLayout> {
    return readTestLayout(device, this.devices.get(device), {
      table: () => this.openTable(device, signal),
      volume: (partition) => this.openVolume({ deviceId: device, partition }, signal),
    });
  }

  async close(): Promise<void> {
    for (const { peer } of this.composition.plugins) peer.close();
    await this.devices.close();
  }

  /** Connects and initialises a plugin, its self-test included; the first one is the one under test. */
  async connect(id: string, definition: PluginDefinition): Promise<void> {
    const [hostEnd, pluginEnd] = duplexPair();
    connectPlugin(definition, { stream: pluginEnd, dataPlane: this.data, onClose: () => undefined });
    const peer = createPeer<PluginProtocol>({
      stream: hostEnd,
      table: pluginMessages,
      side: 'host',
      name: `plugin ${id}`,
      handlers: this.handlers(id),
    });
    this.composition.plugins.push({ id, definition, peer });
    const features = { selfTest: true };
    await peer.request('initialize', { protocol: { min: 1, max: 1 }, pluginId: id, hostVersion: '0.0.0-test', features });
  }

  private get underTest() {
    return this.composition.plugins[0]!.peer;
  }

  private commandCall(command: string, input: CommandInput, { named = {} }: TestCall): PluginParams<'command/execute'> {
    return { command, input, named, progressToken: `progress${++this.tokens}` };
  }

  private calls(signal?: AbortSignal): Call {
    return (method, params) => this.composition.forward<typeof method>(method, params, signal);
  }

  private async openVolumeHandle(volume: VolumeRef, signal?: AbortSignal) {
    const opened = await this.composition.open(
      'filesystem',
      this.devices.get(volume.deviceId),
      await this.volumeRange(volume, signal),
      signal,
    );
    if (!opened) return null;
    const { type } = await this.composition.forward('filesystem/info', { handle: opened.handle }, signal);
    return { ...opened, type };
  }

  private async openTableHandle(device: string, signal?: AbortSignal) {
    const opened = await this.composition.open('partitionTable', this.devices.get(device), undefined, signal);
    if (!opened) return null;
    const { type } = await this.composition.forward('partitionTable/read', { handle: opened.handle }, signal);
    return { ...opened, type };
  }

  private async volumeRange({ deviceId, partition }: VolumeRef, signal?: AbortSignal): Promise<ByteRange | undefined> {
    if (partition === 0) return undefined;
    const table = await this.openTable(deviceId, signal);
    const read = await table?.read();
    await table?.close();
    const found = read?.partitions.find(({ number }) => number === partition);
    if (!found) throw new InvalidInputError(`${deviceId} has no partition ${partition}`);
    return { offset: found.start, length: found.size };
  }

  private handlers(plugin: string): PeerHandlers<PluginProtocol> {
    const own: PeerHandlers<PluginProtocol> = {
      'log/write': ({ level, message }) => void this.log.push({ plugin, level, message }),
      'progress/report': (report) => void this.progress.push(report),
      'settings/read': () => ({ values: this.settings }),
      'view/post': ({ viewId, message }) => {
        const posted = this.views.get(viewId);
        if (!posted) throw new InvalidInputError(`the view ${viewId} is not open`);
        posted.push(message);
        return {};
      },
      'device/describe': ({ deviceId }) => this.devices.describe(deviceId),
      'device/layout': ({ deviceId }, { signal }) => this.layout(deviceId, signal),
      'device/lease': ({ deviceId, range }) => this.data.createLease(this.devices.get(deviceId), range),
      'lease/release': ({ leaseId }) => {
        this.data.revoke(leaseId);
        return {};
      },
      'blob/put': ({ kind }) => ({ transferId: this.data.startTransfer({ kind }) }),
      'blob/get': ({ digest }) => ({ transferId: this.data.startTransfer({ digest }) }),
      'volume/open': (volume, { signal }) => this.openVolumeHandle(volume, signal),
      'device/createTable': ({ deviceId, type, operations }, { signal }) =>
        this.composition.createTable(this.devices.get(deviceId), type, operations, signal),
      'device/table': ({ deviceId }, { signal }) => this.openTableHandle(deviceId, signal),
    };
    const forward =
      (method: 'filesystem/info') =>
      (params: { handle: string }, { signal }: HandlerContext) =>
        this.composition.forward<typeof method>(method, params, signal);
    const forwarded = Object.keys(pluginMessages).filter(
      (method) => pluginMessages[method]!.direction === 'both' && method !== 'ping',
    );
    return { ...own, ...Object.fromEntries(forwarded.map((method) => [method, forward(method as 'filesystem/info')])) };
  }
}

/** A test host with the plugin under test and those it works with. The caller closes it. */
export async function createTestHost(plugin: PluginDefinition, options: TestHostOptions): Promise<TestHost> {
  const host = new TestHost(await TestDevices.open(options.devices), options.settings);
  try {
    await host.connect('under-test', plugin);
    for (const [id, definition] of Object.entries(options.plugins ?? {})) await host.connect(id, definition);
  } catch (error) {
    await host.close();
    throw error;
  }
  return host;
}
