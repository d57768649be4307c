import { ContainerModule, type ResolutionContext } from 'inversify';
import { CommandService } from './commands/commandService';
import type { ContainerService } from './containers/containerService';
import { DeviceService } from './devices/deviceService';
import { JobService } from './jobs/jobService';
import { LayoutService } from './layouts/layoutService';
import { SimulationService } from './plans/simulation';
import type { PluginHost, PluginRegistry } from './plugins';
import { SearchService } from './search/searchService';
import type { SectorClient, SectorEvents } from './sector/sectorClient';
import { Tokens } from './tokens';
import { ViewService } from './views/viewService';

/** Binds the host's services; what they stand on (data folder, sector service, registry, launcher) is bound by whoever makes the container. */
export const hostModule = new ContainerModule(({ bind }) => {
  bind<DeviceService>(Tokens.DeviceService)
    .toResolvedValue(
      (sector: SectorClient, dataFolder: string) => new DeviceService(sector, dataFolder),
      [Tokens.SectorClient, Tokens.DataFolder],
    )
    .inSingletonScope();
  bind(Tokens.DeviceAccess).toService(Tokens.DeviceService);
  bind<LayoutService>(Tokens.LayoutService)
    .toResolvedValue(
      (devices: DeviceService, plugins: PluginHost, containers: ContainerService) =>
        new LayoutService(devices, plugins.providers, containers),
      [Tokens.DeviceService, Tokens.PluginHost, Tokens.ContainerService],
    )
    .inSingletonScope();
  bind<() => LayoutService>(Tokens.LayoutReader).toDynamicValue(
    (context: ResolutionContext) => () => context.get<LayoutService>(Tokens.LayoutService),
  );
  bind<CommandService>(Tokens.CommandService)
    .toResolvedValue(
      (registry: PluginRegistry, devices: DeviceService, plugins: PluginHost, jobs: JobService, layouts: LayoutService) =>
        new CommandService(registry, devices, plugins.commands, jobs, layouts, plugins.capabilities),
      [Tokens.PluginRegistry, Tokens.DeviceService, Tokens.PluginHost, Tokens.JobService, Tokens.LayoutService],
    )
    .inSingletonScope();
  bind<ViewService>(Tokens.Views)
    .toResolvedValue(
      (plugins: PluginHost, devices: DeviceService, jobs: JobService, layouts: LayoutService) =>
        new ViewService(plugins, devices, jobs, layouts),
      [Tokens.PluginHost, Tokens.DeviceService, Tokens.JobService, Tokens.LayoutService],
    )
    .inSingletonScope();
  bind<JobService>(Tokens.JobService)
    .toResolvedValue(
      (sector: SectorClient, dataFolder: string, events: SectorEvents) => new JobService(sector, dataFolder, events),
      [Tokens.SectorClient, Tokens.DataFolder, Tokens.SectorEvents],
    )
    .inSingletonScope();
  bind<SearchService>(Tokens.SearchService)
    .toResolvedValue(
      (sector: SectorClient, events: SectorEvents) => new SearchService(sector, events),
      [Tokens.SectorClient, Tokens.SectorEvents],
    )
    .inSingletonScope();
  bind<SimulationService>(Tokens.SimulationService)
    .toResolvedValue(
      (sector: SectorClient, devices: DeviceService, layouts: LayoutService, dataFolder: string) =>
        new SimulationService(sector, devices, layouts, dataFolder),
      [Tokens.SectorClient, Tokens.DeviceService, Tokens.LayoutService, Tokens.DataFolder],
    )
    .inSingletonScope();
});
