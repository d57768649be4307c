import 'reflect-metadata';
import { join } from 'node:path';
import { Container } from 'inversify';
import type { CommandService } from './commands/commandService';
import type { DeviceCatalogue } from './devices/deviceCatalogue';
import type { ContentChanges } from './devices/contentChanges';
import type { DeviceService } from './devices/deviceService';
import type { ShownDevices } from './devices/shownDevices';
import type { OverlayRemoval } from './devices/overlayRemoval';
import type { ExportService } from './devices/exportService';
import type { FolderListings } from './devices/folderListings';
import { hostModule } from './hostModule';
import { inspectionModule } from './inspectionModule';
import type { JobService } from './jobs/jobService';
import type { JobWatcher } from './jobs/jobWatcher';
import type { LostFilesService } from './jobs/lostFiles';
import type { Allocations } from './layouts/allocations';
import type { LayoutService } from './layouts/layoutService';
import type { HostLog } from './logs/hostLog';
import { FolderWatch } from './folderWatch';
import { ensureFolder, programFolder } from './paths';
import { planModule } from './planModule';
import type { PlanLibrary } from './plans/planLibrary';
import type { PlanReview } from './plans/review/planReview';
import type { SafetyService } from './plans/safety/safetyService';
import type { SimulationService } from './plans/simulation';
import { loadRegistry, type PluginChoice, type PluginHost, type PluginRegistry, SandboxedLauncher } from './plugins';
import { traceFileOf } from './plugins/linkedPlugins';
import type { PluginAdministration } from './plugins/pluginAdministration';
import { limitsFrom, PLUGIN_LIMITS, type PluginLimits } from './plugins/containment/pluginLimits';
import { pluginModule } from './plugins/pluginModule';
import { storeFolder } from './plugins/loadRegistry';
import type { PluginInstaller } from './plugins/store/pluginInstaller';
import { PluginStore } from './plugins/store/pluginStore';
import { RecentProviders } from './plugins/recentProviders';
import type { HeldProviders } from './providers/heldProviders';
import type { SearchService } from './search/searchService';
import { SectorClient, type SectorEvents } from './sector/sectorClient';
import { startSectorProcess } from './sector/sectorProcess';
import type { FileOwners } from './structures/fileOwners';
import type { OwnerService } from './structures/ownerService';
import { sessionModule } from './sessionModule';
import { SettingsService } from './settings/settingsService';
import type { StructureService } from './structures/structureService';
import { Tokens } from './tokens';
import type { StateStore } from './windowState/stateStore';

export interface HostOptions {
  /** `DISKWRIGHT_HOME`; must exist. */
  dataFolder: string;
  /** The plugins, when they were looked for already. */
  registry?: Promise<PluginRegistry>;
  /** Which plugins are left out, where they were not. */
  plugins?: PluginChoice;
  /** A device will be looked at: the partition table providers, which that needs first, start beside the sector service. */
  opensDevices?: boolean;
}

/** A running host: its services, and the processes behind them. */
export class Host {
  constructor(
    private readonly container: Container,
    private readonly recent: RecentProviders,
    private readonly storeWatch: FolderWatch | null,
    /** What cut installations left behind is away. */
    private readonly cleaned: Promise<void>,
  ) {}

  /** `DISKWRIGHT_HOME`. */
  get dataFolder(): string {
    return this.container.get(Tokens.DataFolder);
  }

  get sector(): SectorClient {
    return this.container.get(Tokens.SectorClient);
  }

  get devices(): DeviceService {
    return this.container.get(Tokens.DeviceService);
  }

  get deviceCatalogue(): DeviceCatalogue {
    return this.container.get(Tokens.DeviceCatalogue);
  }

  get shownDevices(): ShownDevices {
    return this.container.get(Tokens.ShownDevices);
  }

  get overlayRemoval(): OverlayRemoval {
    return this.container.get(Tokens.OverlayRemoval);
  }

  get folders(): FolderListings {
    return this.container.get(Tokens.FolderListings);
  }

  get exports(): ExportService {
    return this.container.get(Tokens.ExportService);
  }

  get settings(): SettingsService {
    return this.container.get(Tokens.SettingsService);
  }

  /** What windows keep. */
  get windowState(): StateStore {
    return this.container.get(Tokens.StateStore);
  }

  get log(): HostLog {
    return this.container.get(Tokens.HostLog);
  }

  get structures(): StructureService {
    return this.container.get(Tokens.StructureService);
  }

  /** Names the files that lie in ranges of a device. */
  get fileOwners(): FileOwners {
    return this.container.get(Tokens.FileOwners);
  }

  /** What the holes of jobs hit. */
  get lostFiles(): LostFilesService {
    return this.container.get(Tokens.LostFiles);
  }

  get owners(): OwnerService {
    return this.container.get(Tokens.OwnerService);
  }

  get allocations(): Allocations {
    return this.container.get(Tokens.Allocations);
  }

  get layouts(): LayoutService {
    return this.container.get(Tokens.LayoutService);
  }

  get commands(): CommandService {
    return this.container.get(Tokens.CommandService);
  }

  get jobs(): JobService {
    return this.container.get(Tokens.JobService);
  }

  /** Follows all jobs once it was started. */
  get jobWatcher(): JobWatcher {
    return this.container.get(Tokens.JobWatcher);
  }

  get planLibrary(): PlanLibrary {
    return this.container.get(Tokens.PlanLibrary);
  }

  get planReview(): PlanReview {
    return this.container.get(Tokens.PlanReview);
  }

  get contentChanges(): ContentChanges {
    return this.container.get(Tokens.ContentChanges);
  }

  get safety(): SafetyService {
    return this.container.get(Tokens.SafetyService);
  }

  get searches(): SearchService {
    return this.container.get(Tokens.SearchService);
  }

  get simulations(): SimulationService {
    return this.container.get(Tokens.SimulationService);
  }

  get plugins(): PluginHost {
    return this.container.get(Tokens.PluginHost);
  }

  /** Installs, updates and removes plugins. */
  get pluginInstaller(): PluginInstaller {
    return this.container.get(Tokens.PluginInstaller);
  }

  get pluginAdministration(): PluginAdministration {
    return this.container.get(Tokens.PluginAdministration);
  }

  /** Ends all plugin processes, and the sector service once it has no job and no export left. */
  async dispose(): Promise<void> {
    const providers = new Set(this.plugins.registry.filesystems().map(({ plugin }) => plugin.id));
    const running = this.plugins.supervisor.status().filter(({ id, state }) => state === 'running' && providers.has(id));
    this.recent.remember(running.map(({ id }) => id));
    this.settings.dispose();
    this.jobWatcher.dispose();
    this.container.get<SandboxedLauncher>(Tokens.PluginLauncher).dispose();
    this.container.get<HeldProviders>(Tokens.HeldProviders).closeAll();
    this.storeWatch?.dispose();
    await this.cleaned;
    await this.plugins.dispose();
    this.sector.close();
  }
}

/**
 * The composition root: starts the sector service, finds the plugins (none is started yet), and puts the services together.
 * @throws PeerGoneError when the sector service does not start
 */
export async function createHost({ dataFolder, registry: found, plugins: choice, opensDevices }: HostOptions): Promise<Host> {
  const events: SectorEvents = {};
  const startSector = async (): Promise<SectorClient> =>
    SectorClient.connect(await startSectorProcess(join(programFolder(), 'sector.cjs'), dataFolder), events);
  let limits: Readonly<PluginLimits> = PLUGIN_LIMITS;
  const launcher = new SandboxedLauncher({
    cacheFolder: join(dataFolder, 'cache', 'code'),
    memoryBytes: () => limits.memoryBytes,
    traceFile: ({ id }) => traceFileOf(dataFolder, id),
  });
  const recent = new RecentProviders(join(dataFolder, 'cache', 'recent.json'));
  const startPlugins = async () => {
    const registry = await (found ?? loadRegistry(programFolder(), dataFolder, choice));
    const settings = await SettingsService.load(dataFolder, registry);
    const takeLimits = (): void => {
      limits = limitsFrom((key) => settings.get(key));
    };
    takeLimits();
    settings.onChanged(takeLimits);
    if (opensDevices) startAhead(registry, recent, launcher);
    return { registry, settings };
  };
  const [sector, { registry, settings }] = await Promise.all([startSector(), startPlugins()]);
  const container = new Container();
  container.bind(Tokens.DataFolder).toConstantValue(dataFolder);
  container.bind(Tokens.SectorEvents).toConstantValue(events);
  container.bind(Tokens.SectorClient).toConstantValue(sector);
  container.bind(Tokens.PluginRegistry).toConstantValue(registry);
  container.bind(Tokens.SettingsService).toConstantValue(settings);
  container.bind(Tokens.PluginLauncher).toConstantValue(launcher);
  container.load(hostModule, inspectionModule, planModule, sessionModule, pluginModule);
  registry.onChanged(() => {
    settings.takePlugins();
    container.get<HeldProviders>(Tokens.HeldProviders).closeAll();
  });
  container.get<PluginHost>(Tokens.PluginHost).onCrashedTooOften(({ plugin, reason }) => {
    void container
      .get<PluginInstaller>(Tokens.PluginInstaller)
      .leaveCrashing(plugin, reason)
      .catch(() => undefined);
  });
  const cleaned = registry.followsStore
    ? new PluginStore(storeFolder(dataFolder)).clean().catch(() => undefined)
    : Promise.resolve();
  return new Host(container, recent, followStore(registry, dataFolder), cleaned);
}

/** Whoever installs, updates or removes plugins: this host goes by it at once. */
function followStore(registry: PluginRegistry, dataFolder: string): FolderWatch | null {
  if (!registry.followsStore) return null;
  return new FolderWatch(ensureFolder(storeFolder(dataFolder)), () => void registry.reload());
}

/** What a device's layout needs: the table providers for sure, and most likely the filesystem plugins that were needed last. */
function startAhead(registry: PluginRegistry, recent: RecentProviders, launcher: SandboxedLauncher): void {
  const tables = registry.partitionTables().map(({ plugin }) => plugin);
  const filesystems = recent.among(registry).flatMap((id) => registry.get(id) ?? []);
  for (const plugin of [...tables, ...filesystems]) launcher.startAhead(plugin);
}
