import { FailedError } from '@diskwright/sdk/errors';
import type { DeviceLayout, PluginProtocol } from '@diskwright/sdk/protocol';
import type { PeerHandlers } from '@diskwright/sdk/rpc';
import { abortable } from '../../common/flow/abortable';
import { type Disposable, Listeners } from '../listeners';
import type { DeviceAccess } from '../providers/deviceAccess';
import { HostProviders } from '../providers/hostProviders';
import { ProviderBroker } from '../providers/providerBroker';
import type { PluginLimits } from './containment/pluginLimits';
import type { PluginStops } from './containment/pluginStops';
import { hostMessages } from './hostMessages';
import { PluginCommandRunner } from './pluginCommandRunner';
import { PluginGrants } from './pluginGrants';
import type { PluginLauncher } from './pluginLauncher';
import { PluginLeases } from './pluginLeases';
import { type LogLine, PluginLog } from './pluginLog';
import { PluginProcess } from './pluginProcess';
import type { InstalledPlugin } from './pluginRecord';
import type { PluginRegistry } from './pluginRegistry';
import { PluginSupervisor } from './pluginSupervisor';
import { PLUGIN_TIMINGS, type PluginTimings } from './pluginTimings';

/** Of the log of a plugin that does not start. */
const LOG_LINES_SHOWN = 20;

/** Puts a device's layout together out of what providers say. */
export interface LayoutReader {
  read(deviceId: string, signal?: AbortSignal): Promise<DeviceLayout>;
}

/** What the user wishes of plugins; asked for each time, so that a change holds at once. */
export interface PluginSettings {
  /** The values of a plugin's own settings. */
  ofPlugin(id: string): Record<string, unknown>;
  /** Ids of contributed providers that are taken before others, the first most. */
  preferredProviders(): readonly string[];
  /** From a plugin's last use to the end of its process. */
  idleMilliseconds(): number;
  /** What each plugin may take. */
  limits(): PluginLimits;
}

export interface PluginHostOptions {
  registry: PluginRegistry;
  launcher: PluginLauncher;
  devices: DeviceAccess;
  /** Made with the providers of this very host, hence asked for when it is needed. */
  layouts(): LayoutReader;
  timings?: Partial<PluginTimings>;
  /** The user's wishes; all defaults without them. */
  settings?: PluginSettings;
  /** Keeps what is told of processes that ended unasked; nothing does without it. */
  stops?: PluginStops;
}

/** All that a host needs to work with plugins, put together. Owns the plugin processes. */
export class PluginHost {
  readonly registry: PluginRegistry;
  readonly supervisor: PluginSupervisor;
  readonly broker: ProviderBroker;
  /** Tables and volumes for the host itself. */
  readonly providers: HostProviders;
  readonly commands: PluginCommandRunner;
  /** Every line of every plugin's log, as it comes. */
  readonly logged = new Listeners<{ id: string; line: LogLine }>();
  /** Null where nobody keeps them. */
  readonly stops: PluginStops | null;
  private readonly launcher: PluginLauncher;
  private readonly timings: PluginTimings;
  private readonly settings: PluginSettings | undefined;
  private readonly tooOften = new Listeners<{ plugin: InstalledPlugin; reason: string }>();

  constructor(options: PluginHostOptions) {
    const { registry, launcher, devices, layouts, timings, settings, stops } = options;
    const grants = new PluginGrants();
    const leases = new PluginLeases(devices, (id) => this.supervisor.leaseAccount(id));
    this.registry = registry;
    this.launcher = launcher;
    this.stops = stops ?? null;
    this.settings = settings;
    this.timings = { ...PLUGIN_TIMINGS, ...timings };
    this.supervisor = new PluginSupervisor({
      registry,
      launcher,
      timings,
      idleMilliseconds: settings && (() => settings.idleMilliseconds()),
      limits: settings && (() => settings.limits()),
      onStopped: (stop) => void stops?.add(stop),
      onDisabled: (plugin, reason) => this.tooOften.tell({ plugin, reason }),
      onLogLine: (id, line) => this.logged.tell({ id, line }),
      handlersFor: (process) =>
        hostMessages(process, {
          devices,
          layouts: { read: (id, signal) => layouts().read(id, signal) },
          broker: this.broker,
          grants,
          leases,
          settings: { ofPlugin: (id) => settings?.ofPlugin(id) ?? {} },
        }),
    });
    const preferred = (): readonly string[] => settings?.preferredProviders() ?? [];
    this.broker = new ProviderBroker({ registry, supervisor: this.supervisor, devices, preferred });
    this.providers = new HostProviders(this.broker);
    this.commands = new PluginCommandRunner(registry, this.supervisor, grants);
    this.supervisor.onProcessEnded((process) => void leases.processEnded(process));
    grants.onWithdrawn((pluginId, deviceId) => leases.withdraw(pluginId, deviceId));
    grants.onWithdrawn((pluginId, deviceId) => this.broker.closeCaller(pluginId, deviceId));
  }

  /** Tells of a plugin that has crashed too often and is disabled therefore. */
  onCrashedTooOften(listener: (event: { plugin: InstalledPlugin; reason: string }) => void): Disposable {
    return this.tooOften.add(listener);
  }

  /**
   * Starts a plugin beside whatever runs of it, lets it test itself, and ends it.
   * @throws FailedError with the end of its log as details; what `signal` says
   */
  async probe(plugin: InstalledPlugin, signal?: AbortSignal): Promise<void> {
    const log = new PluginLog((line) => this.logged.tell({ id: plugin.id, line }));
    const { launcher, timings } = this;
    // It has no command to run and no handle, so there is nothing that it may ask for.
    const handlersFor = (process: PluginProcess): PeerHandlers<PluginProtocol> => ({
      ping: () => ({}),
      'log/write': ({ level, message }) => process.log.write('plugin', level, message),
      'settings/read': () => ({ values: this.settings?.ofPlugin(plugin.id) ?? {} }),
    });
    try {
      const starting = PluginProcess.start({
        plugin,
        launcher,
        log,
        timings,
        limits: this.supervisor.limits,
        selfTest: true,
        handlersFor,
      });
      const ended = starting.then((process) => process.end());
      ended.catch(() => undefined);
      await abortable(starting, signal);
      await ended;
    } catch (error) {
      signal?.throwIfAborted();
      const lines = log.recent().slice(-LOG_LINES_SHOWN);
      const { message } = error as Error;
      throw new FailedError(message, { details: lines.map(({ source, text }) => `${source}: ${text}`) });
    }
  }

  /** Ends all plugin processes, those included that were started ahead. */
  async dispose(): Promise<void> {
    this.launcher.dispose();
    await this.supervisor.dispose();
    await this.stops?.settled();
  }
}
