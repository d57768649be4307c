import { ContainerModule } from 'inversify';
import { containerReading } from '../../common/containerName';
import type { ContainerService } from '../containers/containerService';
import type { ContentService } from '../contents/contentService';
import type { PickedFolders } from '../contents/pickedFolders';
import type { DeviceService } from '../devices/deviceService';
import type { DeviceAccess } from '../providers/deviceAccess';
import type { JobService } from '../jobs/jobService';
import type { SectorClient, SectorEvents } from '../sector/sectorClient';
import type { SettingsService } from '../settings/settingsService';
import { Tokens } from '../tokens';
import { limitsFrom } from './containment/pluginLimits';
import { PluginStops } from './containment/pluginStops';
import { CapabilityGrants } from './grants/capabilityGrants';
import { GrantFile } from './grants/grantFile';
import { PluginAdministration } from './pluginAdministration';
import { type LayoutReader, PluginHost, type PluginSettings } from './pluginHost';
import type { PluginLauncher } from './pluginLauncher';
import type { PluginRegistry } from './pluginRegistry';
import { storeFolder } from './loadRegistry';
import { PluginInstaller } from './store/pluginInstaller';
import { PluginStore } from './store/pluginStore';
import { PinFile } from './trust/pinFile';

/**
 * Binds the plugin side of the long-running host. The command line puts the same classes together by hand: a container costs more time at its start
 * than a plugin.
 */
export const pluginModule = new ContainerModule(({ bind }) => {
  bind<PluginStops>(Tokens.PluginStops)
    .toResolvedValue((dataFolder: string) => new PluginStops(dataFolder), [Tokens.DataFolder])
    .inSingletonScope();
  bind<CapabilityGrants>(Tokens.CapabilityGrants)
    .toResolvedValue(
      (dataFolder: string, registry: PluginRegistry) => {
        const grants = new CapabilityGrants(registry, new GrantFile(dataFolder));
        grants.follow(dataFolder);
        return grants;
      },
      [Tokens.DataFolder, Tokens.PluginRegistry],
    )
    .inSingletonScope();
  bind<PluginHost>(Tokens.PluginHost)
    .toResolvedValue(
      (
        registry: PluginRegistry,
        launcher: PluginLauncher,
        devices: DeviceAccess,
        layouts: () => LayoutReader,
        contents: () => ContentService,
        folders: () => PickedFolders,
        settings: SettingsService,
        stops: PluginStops,
        capabilities: CapabilityGrants,
        sector: SectorClient,
        events: SectorEvents,
        inspected: string | null,
      ) =>
        new PluginHost({
          registry,
          launcher,
          devices,
          layouts,
          contents,
          folders,
          stops,
          capabilities,
          settings: pluginSettings(settings),
          images: { sector, events },
          inspected,
        }),
      [
        Tokens.PluginRegistry,
        Tokens.PluginLauncher,
        Tokens.DeviceAccess,
        Tokens.LayoutReader,
        Tokens.ContentAccess,
        Tokens.PickedFolders,
        Tokens.SettingsService,
        Tokens.PluginStops,
        Tokens.CapabilityGrants,
        Tokens.SectorClient,
        Tokens.SectorEvents,
        Tokens.InspectedPlugin,
      ],
    )
    .inSingletonScope();
  bind<PluginInstaller>(Tokens.PluginInstaller)
    .toResolvedValue(
      (
        dataFolder: string,
        registry: PluginRegistry,
        plugins: PluginHost,
        jobs: JobService,
        sector: SectorClient,
        containers: ContainerService,
      ) =>
        new PluginInstaller({
          store: new PluginStore(storeFolder(dataFolder)),
          registry,
          pins: new PinFile(dataFolder),
          grants: plugins.capabilities,
          probe: (plugin, signal) => plugins.probe(plugin, signal),
          holdersOf: async (id) => [
            ...(await madeBy(id, registry, jobs)),
            ...(await readThrough(id, { registry, jobs, sector, containers })),
          ],
        }),
      [
        Tokens.DataFolder,
        Tokens.PluginRegistry,
        Tokens.PluginHost,
        Tokens.JobService,
        Tokens.SectorClient,
        Tokens.ContainerService,
      ],
    )
    .inSingletonScope();
  bind<PluginAdministration>(Tokens.PluginAdministration)
    .toResolvedValue(
      (plugins: PluginHost, settings: SettingsService, devices: DeviceService, installer: PluginInstaller) =>
        new PluginAdministration(plugins, settings, devices, installer),
      [Tokens.PluginHost, Tokens.SettingsService, Tokens.DeviceService, Tokens.PluginInstaller],
    )
    .inSingletonScope();
});

/** A job whose plan a plugin made may ask it again: when it is gone on with, and when its report names files. */
async function madeBy(id: string, registry: PluginRegistry, jobs: JobService): Promise<string[]> {
  const commands = registry.get(id)?.manifest.contributes.commands ?? [];
  if (commands.length === 0) return [];
  return (await jobs.runningOf(commands.map((command) => command.id))).map((job) => `job ${job}`);
}

interface ReadThroughParts {
  registry: PluginRegistry;
  jobs: JobService;
  sector: Pick<SectorClient, 'request'>;
  containers: Pick<ContainerService, 'identify'>;
}

/** A job reads an image or a device in a container through the plugin that serves it, in whichever host that runs. */
async function readThrough(id: string, { registry, jobs, sector, containers }: ReadThroughParts): Promise<string[]> {
  const own = registry
    .imageFormats()
    .filter(({ plugin }) => plugin.id === id)
    .map(({ contribution }) => contribution.id);
  const servesContainers = registry.containers().some(({ plugin }) => plugin.id === id);
  if (own.length === 0 && !servesContainers) return [];
  const holders: string[] = [];
  for (const { id: job, paths } of await jobs.runningOnImages()) {
    for (const path of paths.flatMap(namesWithin)) {
      const { formats } = await sector.request('image/identify', { path });
      if (formats.some((format) => own.includes(format))) holders.push(`job ${job} (it reads the image ${path})`);
      if (!servesContainers) continue;
      // Where that cannot be found out now, it may be this one.
      const plugins = await containers.identify(path).catch(() => [id]);
      if (plugins.includes(id)) holders.push(`job ${job} (it reads ${path})`);
    }
  }
  return holders;
}

/** The names of a device and of all that it lies in, as far as they are part of its name. */
function namesWithin(path: string): string[] {
  const members = containerReading(path)?.members ?? [];
  return [path, ...members.flatMap(({ device }) => namesWithin(device))];
}

function pluginSettings(settings: SettingsService): PluginSettings {
  return {
    ofPlugin: (id) => settings.ofPlugin(id),
    preferredProviders: () => settings.get<string[]>('providers.preferred'),
    idleMilliseconds: () => settings.get<number>('plugins.idleSeconds') * 1000,
    limits: () => limitsFrom((key) => settings.get(key)),
  };
}
