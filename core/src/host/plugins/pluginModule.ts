import { ContainerModule } from 'inversify';
import type { DeviceService } from '../devices/deviceService';
import type { DeviceAccess } from '../providers/deviceAccess';
import type { JobService } from '../jobs/jobService';
import type { SettingsService } from '../settings/settingsService';
import { Tokens } from '../tokens';
import { limitsFrom } from './containment/pluginLimits';
import { PluginStops } from './containment/pluginStops';
import { PluginAdministration } from './pluginAdministration';
import { type LayoutReader, PluginHost, type PluginSettings } from './pluginHost';
import type { PluginLauncher } from './pluginLauncher';
import type { PluginRegistry } from './pluginRegistry';
import { storeFolder } from './loadRegistry';
import { PluginInstaller } from './store/pluginInstaller';
import { PluginStore } from './store/pluginStore';

/**
 * Binds the plugin side of the long-running host. The command line puts the same classes together by hand: a container costs more time at its start
 * than a plugin.
 */
export const pluginModule = new ContainerModule(({ bind }) => {
  bind<PluginStops>(Tokens.PluginStops)
    .toResolvedValue((dataFolder: string) => new PluginStops(dataFolder), [Tokens.DataFolder])
    .inSingletonScope();
  bind<PluginHost>(Tokens.PluginHost)
    .toResolvedValue(
      (
        registry: PluginRegistry,
        launcher: PluginLauncher,
        devices: DeviceAccess,
        layouts: () => LayoutReader,
        settings: SettingsService,
        stops: PluginStops,
      ) => new PluginHost({ registry, launcher, devices, layouts, stops, settings: pluginSettings(settings) }),
      [
        Tokens.PluginRegistry,
        Tokens.PluginLauncher,
        Tokens.DeviceAccess,
        Tokens.LayoutReader,
        Tokens.SettingsService,
        Tokens.PluginStops,
      ],
    )
    .inSingletonScope();
  bind<PluginInstaller>(Tokens.PluginInstaller)
    .toResolvedValue(
      (dataFolder: string, registry: PluginRegistry, plugins: PluginHost, jobs: JobService) =>
        new PluginInstaller({
          store: new PluginStore(storeFolder(dataFolder)),
          registry,
          probe: (plugin, signal) => plugins.probe(plugin, signal),
          holdersOf: (id) => holdersOf(id, registry, jobs),
        }),
      [Tokens.DataFolder, Tokens.PluginRegistry, Tokens.PluginHost, Tokens.JobService],
    )
    .inSingletonScope();
  bind<PluginAdministration>(Tokens.PluginAdministration)
    .toResolvedValue(
      (plugins: PluginHost, settings: SettingsService, devices: DeviceService) =>
        new PluginAdministration(plugins, settings, devices),
      [Tokens.PluginHost, Tokens.SettingsService, Tokens.DeviceService],
    )
    .inSingletonScope();
});

/** A job whose plan a plugin made may ask it again: when it is gone on with, and when its report names files. */
async function holdersOf(id: string, registry: PluginRegistry, jobs: JobService): Promise<string[]> {
  const commands = registry.get(id)?.manifest.contributes.commands ?? [];
  if (commands.length === 0) return [];
  return (await jobs.runningOf(commands.map((command) => command.id))).map((job) => `job ${job}`);
}

function pluginSettings(settings: SettingsService): PluginSettings {
  return {
    ofPlugin: (id) => settings.ofPlugin(id),
    preferredProviders: () => settings.get<string[]>('providers.preferred'),
    idleMilliseconds: () => settings.get<number>('plugins.idleSeconds') * 1000,
    limits: () => limitsFrom((key) => settings.get(key)),
  };
}
