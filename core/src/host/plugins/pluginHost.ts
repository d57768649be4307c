import { FailedError } from '@diskwright/sdk/errors';
import type { DeviceLayout } from '@diskwright/sdk/protocol';
import { type Disposable, Listeners } from '../listeners';
import type { DeviceAccess } from '../providers/deviceAccess';
import type { ContentService } from '../contents/contentService';
import { ServedImages } from '../images/servedImages';
import type { PickedFolders } from '../contents/pickedFolders';
import { HostProviders } from '../providers/hostProviders';
import { ProviderBroker } from '../providers/providerBroker';
import type { SectorClient, SectorEvents } from '../sector/sectorClient';
import type { PluginLimits } from './containment/pluginLimits';
import type { PluginStops } from './containment/pluginStops';
import { CapabilityGrants } from './grants/capabilityGrants';
import { hostMessages } from './hostMessages';
import { OpenViews } from './openViews';
import { PluginCommandRunner } from './pluginCommandRunner';
import { PluginGrants } from './pluginGrants';
import type { PluginLauncher } from './pluginLauncher';
import { PluginLeases } from './pluginLeases';
import { type LogLine, PluginLog } from './pluginLog';
import type { InstalledPlugin } from './pluginRecord';
import type { PluginRegistry } from './pluginRegistry';
import { PluginSupervisor } from './pluginSupervisor';
import { PLUGIN_TIMINGS, type PluginTimings } from './pluginTimings';
import { tryPlugin } from './tryPlugin';

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
  /** Likewise. */
  contents(): Pick<ContentService, 'openFor' | 'lease' | 'forget'>;
  /** Likewise. */
  folders(): PickedFolders;
  timings?: Partial<PluginTimings>;
  /** The user's wishes; all defaults without them. */
  settings?: PluginSettings;
  /** The service whose image files plugins serve; without it image files are files. */
  images?: { sector: SectorClient; events: SectorEvents };
  /** Keeps what is told of processes that ended unasked; nothing does without it. */
  stops?: PluginStops;
  /** The plugin that a debugger is attached to; none unless given. */
  inspected?: string | null;
  /** What plugins may do; without it, those that come with Diskwright what they ask for, and others nothing. */
  capabilities?: CapabilityGrants;
}

/** All that a host needs to work with plugins, put together. Owns the plugin processes. */
export class PluginHost {
  readonly registry: PluginRegistry;
  readonly supervisor: PluginSupervisor;
  readonly broker: ProviderBroker;
  /** Tables and volumes for the host itself. */
  readonly providers: HostProviders;
  readonly commands: PluginCommandRunner;
  readonly capabilities: CapabilityGrants;
  /** The views of plugins that are shown. */
  readonly openViews: OpenViews;
  /** Null where no image files are opened. */
  readonly images: ServedImages | null;
  /** Every line of every plugin's log, as it comes. */
  readonly logged = new Listeners<{ id: string; line: LogLine }>();
  /** Null where nobody keeps them. */
  readonly stops: PluginStops | null;
  private readonly launcher: PluginLauncher;
  private readonly timings: PluginTimings;
  private readonly settings: PluginSettings | undefined;
  private readonly tooOften = new Listeners<{ plugin: InstalledPlugin; reason: string }>();

  constructor(options: PluginHostOptions) {
    const { registry, launcher, devices, layouts, contents, folders, timings, settings, stops, images, capabilities, inspected } =
      options;
    this.capabilities = capabilities ?? new CapabilityGrants(registry, null);
    const grants = new PluginGrants((plugin, deviceId) =>
      this.capabilities.require(plugin, 'device.read', devices.get(deviceId)),
    );
    const leases = new PluginLeases(devices, (plugin) => this.supervisor.leaseAccount(plugin));
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
      inspected,
      onStopped: (stop) => void stops?.add(stop),
      onDisabled: (plugin, reason) => this.tooOften.tell({ plugin, reason }),
      onLogLine: (id, line) => this.logged.tell({ id, line }),
      handlersFor: (process) =>
        hostMessages(process, {
          devices,
          layouts: { read: (id, signal) => layouts().read(id, signal) },
          broker: this.broker,
          contents,
          folders,
          grants,
          leases,
          images: this.images,
          views: this.openViews,
          settings: { ofPlugin: (id) => settings?.ofPlugin(id) ?? {} },
        }),
    });
    const preferred = (): readonly string[] => settings?.preferredProviders() ?? [];
    this.broker = new ProviderBroker({ registry, supervisor: this.supervisor, devices, preferred });
    this.images = images ? new ServedImages({ registry, supervisor: this.supervisor, preferred, ...images }) : null;
    this.providers = new HostProviders(this.broker);
    this.commands = new PluginCommandRunner(registry, this.supervisor, grants, this.broker);
    this.openViews = new OpenViews(this.supervisor, grants);
    this.supervisor.onProcessEnded((process) => {
      void leases.processEnded(process);
      void folders().closeAll(process.plugin.id);
    });
    grants.onWithdrawn((pluginId, deviceId) => leases.withdraw(pluginId, deviceId));
    this.capabilities.onChanged(() => void grants.recheck());
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
    const { limits } = this.supervisor;
    const settings = this.settings?.ofPlugin(plugin.id) ?? {};
    try {
      await tryPlugin({ plugin, launcher, log, timings, limits, settings }, signal);
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
    this.capabilities.dispose();
    await this.supervisor.dispose();
    await this.stops?.settled();
  }
}
