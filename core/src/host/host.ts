import { NotSupportedError } from '@diskwright/sdk/errors';
import 'reflect-metadata';
import { join } from 'node:path';
import { Container } from 'inversify';
import type { CommandService } from './commands/commandService';
import { type AskSecret, ContainerSecrets } from './containers/containerSecrets';
import type { ContainerService } from './containers/containerService';
import type { ContentService } from './contents/contentService';
import type { ServedContents } from './contents/servedContents';
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
import type { PluginInspector } from './plugins/inspection/pluginInspector';
import { loadRegistry, type PluginChoice, type PluginHost, type PluginRegistry, SandboxedLauncher } from './plugins';
import { linkedFolder, traceFileOf } from './plugins/linkedPlugins';
import type { PluginAdministration } from './plugins/pluginAdministration';
import { limitsFrom, limitsOf, PLUGIN_LIMITS, type PluginLimits } from './plugins/containment/pluginLimits';
import { pluginModule } from './plugins/pluginModule';
import { storeFolder } from './plugins/loadRegistry';
import type { PluginInstaller } from './plugins/store/pluginInstaller';
import { PluginStore } from './plugins/store/pluginStore';
import { RecentProviders } from './plugins/recentProviders';
import { devicesAmong, type ExpectedUse, providersAmong, startAhead } from './plugins/startAhead';
import type { HeldProviders } from './providers/heldProviders';
import type { SearchService } from './search/searchService';
import { SectorClient, type SectorEvents } from './sector/sectorClient';
import { startSectorProcess } from './sector/sectorProcess';
import type { Servings } from './serving/servings';
import type { FileOwners } from './structures/fileOwners';
import type { OwnerService } from './structures/ownerService';
import { sessionModule } from './sessionModule';
import { SettingsService } from './settings/settingsService';
import type { StructureService } from './structures/structureService';
import { Tokens } from './tokens';
import type { ViewService } from './views/viewService';
import type { VolumeFileService } from './volumeFiles/volumeFileService';
import type { StateStore } from './windowState/stateStore';

/** A plugin that a debugger is to be attached to. */
export interface InspectedPlugin {
  id: string;
  /** Is told the address for the debugger each time that a process of the plugin waits for it. */
  onWaiting(address: string): void;
}

export interface HostOptions {
  /** `DISKWRIGHT_HOME`; must exist. */
  dataFolder: string;
  /** The plugins, when they were looked for already. */
  registry?: Promise<PluginRegistry>;
  /** Which plugins are left out, where they were not. */
  plugins?: PluginChoice;
  /** What is started beside the sector service; nothing unless given. */
  expected?: ExpectedUse;
  inspect?: InspectedPlugin;
  /** Asks for passphrases of containers; without it they are given to `containerSecrets`. */
  askSecret?: AskSecret;
}

/** A running host: its services, and the processes behind them. */
export class Host {
  constructor(
    private readonly container: Container,
    /** Told which plugins run. */
    private readonly onEnding: (running: string[]) => void,
    private readonly pluginWatches: readonly FolderWatch[],
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

  /** Directories and files of volumes. */
  get volumeFiles(): VolumeFileService {
    return this.container.get(Tokens.VolumeFiles);
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

  /** Pages of plugins. */
  get views(): ViewService {
    return this.container.get(Tokens.Views);
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

  /** Devices in volume groups, arrays and encrypted containers. */
  get containers(): ContainerService {
    return this.container.get(Tokens.ContainerService);
  }

  /** The passphrases that the user gave. */
  get containerSecrets(): ContainerSecrets {
    return this.container.get(Tokens.ContainerSecrets);
  }

  get contents(): ContentService {
    return this.container.get(Tokens.ContentService);
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
    const running = this.plugins.supervisor.status().filter(({ state }) => state === 'running');
    this.onEnding(running.map(({ id }) => id));
    this.settings.dispose();
    this.jobWatcher.dispose();
    this.container.get<SandboxedLauncher>(Tokens.PluginLauncher).dispose();
    this.container.get<HeldProviders>(Tokens.HeldProviders).closeAll();
    this.containers.closeAll();
    for (const watch of this.pluginWatches) watch.dispose();
    await this.cleaned;
    await this.plugins.dispose();
    await this.sector.close();
  }
}

/**
 * The composition root: starts the sector service, finds the plugins (none is started yet), and puts the services together.
 * @throws PeerGoneError when the sector service does not start
 */
export async function createHost({
  dataFolder,
  registry: found,
  plugins: choice,
  expected,
  inspect,
  askSecret,
}: HostOptions): Promise<Host> {
  const events: SectorEvents = {};
  const startSector = async (): Promise<SectorClient> =>
    SectorClient.connect(await startSectorProcess(join(programFolder(), 'sector.cjs'), dataFolder), events);
  let limits: Readonly<PluginLimits> = PLUGIN_LIMITS;
  const loading = found ?? loadRegistry(programFolder(), dataFolder, choice);
  if (inspect) requireInspectable(await loading, inspect.id);
  const inspector = inspect ? await inspectorOf(inspect) : null;
  const launcher = new SandboxedLauncher({
    cacheFolders: ({ mainFile }) => codeCacheFolders(mainFile, dataFolder),
    memoryBytes: ({ manifest }) => limitsOf(manifest, limits).memoryBytes,
    traceFile: ({ id }) => traceFileOf(dataFolder, id),
    inspector,
  });
  const recent = new RecentProviders(join(dataFolder, 'cache', 'recent.json'));
  const startPlugins = async () => {
    const registry = await loading;
    const settings = await SettingsService.load(dataFolder, registry);
    const takeLimits = (): void => {
      limits = limitsFrom((key) => settings.get(key));
    };
    takeLimits();
    settings.onChanged(takeLimits);
    if (expected) startAhead(registry, recent, launcher, expected);
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
  container.bind(Tokens.ContainerSecrets).toConstantValue(new ContainerSecrets(askSecret ?? null));
  container.bind(Tokens.InspectedPlugin).toConstantValue(inspect?.id ?? null);
  container.load(hostModule, inspectionModule, planModule, sessionModule, pluginModule);
  events.onLocateContent = async (path, signal) =>
    (await container.get<ContentService>(Tokens.ContentService).locate(path, signal)).contentId;
  events.onServeContent = (serving, signal) => container.get<ServedContents>(Tokens.ServedContents).serve(serving, signal);
  const containers = (): ContainerService => container.get<ContainerService>(Tokens.ContainerService);
  events.onServeContainer = (serving, signal) => containers().serve(serving, signal);
  events.onImageProgress = (progress) => container.get<DeviceService>(Tokens.DeviceService).tellOpening(progress);
  events.onServingReleased = (servingId) => container.get<Servings>(Tokens.Servings).end(servingId);
  container.get<HeldProviders>(Tokens.HeldProviders).onForgotten((deviceId) => containers().forget(deviceId));
  registry.onChanged(() => {
    settings.takePlugins();
    container.get<HeldProviders>(Tokens.HeldProviders).closeAll();
    containers().closeAll();
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
  const remember = (running: string[]): void =>
    recent.remember(devicesAmong(expected?.words ?? []), providersAmong(running, registry));
  return new Host(container, remember, followPlugins(registry, dataFolder), cleaned);
}

/** What it needs is loaded by those only who debug. */
async function inspectorOf({ id, onWaiting }: InspectedPlugin): Promise<PluginInspector> {
  const { PluginInspector } = await import(/* webpackMode: "eager" */ './plugins/inspection/pluginInspector');
  return PluginInspector.listen(id, onWaiting);
}

/** @throws InvalidInputError for a plugin that is not there, NotSupportedError for one that is no JavaScript */
function requireInspectable(registry: PluginRegistry, id: string): void {
  registry.requireListed(id);
  if (!registry.get(id)?.manifest.command) return;
  throw new NotSupportedError(`${id} is no JavaScript: the debugger of its own language has to start it`, {
    todo: 'Start it on the test host of its language; "diskwright plugin dev FOLDER" shows its messages and its log.',
  });
}

/** Whoever installs, updates, removes or works on plugins: this host goes by it at once. */
function followPlugins(registry: PluginRegistry, dataFolder: string): FolderWatch[] {
  if (!registry.followsStore) return [];
  const folders = [storeFolder(dataFolder), linkedFolder(dataFolder)];
  return folders.map((folder) => new FolderWatch(ensureFolder(folder), () => void registry.reload()));
}

/** Beside the program's own for a plugin that comes with it, so that all data folders share it; for others, and where that cannot be written, in the data folder. */
function codeCacheFolders(mainFile: string, dataFolder: string): string[] {
  const inData = join(dataFolder, 'cache', 'code');
  const isBuiltIn = mainFile.startsWith(join(programFolder(), 'plugins', '/'));
  return isBuiltIn ? [join(programFolder(), 'cache'), inData] : [inData];
}
