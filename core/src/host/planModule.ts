import { ContainerModule } from 'inversify';
import { ContentChanges } from './devices/contentChanges';
import type { DeviceService } from './devices/deviceService';
import type { JobService } from './jobs/jobService';
import { JobWatcher } from './jobs/jobWatcher';
import type { LayoutService } from './layouts/layoutService';
import { PlanLibrary } from './plans/planLibrary';
import { PlanReview } from './plans/review/planReview';
import { SafetyService } from './plans/safety/safetyService';
import type { SimulationService } from './plans/simulation';
import type { PluginHost } from './plugins';
import type { HeldProviders } from './providers/heldProviders';
import type { SectorClient, SectorEvents } from './sector/sectorClient';
import type { VolumePlaces } from './structures/volumePlaces';
import { Tokens } from './tokens';

/** Binds what becomes of plans: kept, judged, applied, followed. */
export const planModule = new ContainerModule(({ bind }) => {
  bind<JobWatcher>(Tokens.JobWatcher)
    .toResolvedValue(
      (jobs: JobService, dataFolder: string) => new JobWatcher(jobs, dataFolder),
      [Tokens.JobService, Tokens.DataFolder],
    )
    .inSingletonScope();
  bind<PlanLibrary>(Tokens.PlanLibrary)
    .toResolvedValue(
      (sector: SectorClient, dataFolder: string) => new PlanLibrary(sector, dataFolder),
      [Tokens.SectorClient, Tokens.DataFolder],
    )
    .inSingletonScope();
  bind<ContentChanges>(Tokens.ContentChanges)
    .toResolvedValue(
      (
        devices: DeviceService,
        plugins: PluginHost,
        held: HeldProviders,
        jobs: JobService,
        watcher: JobWatcher,
        events: SectorEvents,
      ) => new ContentChanges(devices, plugins.broker, held, jobs, watcher, events),
      [Tokens.DeviceService, Tokens.PluginHost, Tokens.HeldProviders, Tokens.JobService, Tokens.JobWatcher, Tokens.SectorEvents],
    )
    .inSingletonScope();
  bind<PlanReview>(Tokens.PlanReview)
    .toResolvedValue(
      (
        devices: DeviceService,
        layouts: LayoutService,
        simulations: SimulationService,
        held: HeldProviders,
        places: VolumePlaces,
        contents: ContentChanges,
      ) => new PlanReview(devices, layouts, simulations, { held, places }, contents),
      [
        Tokens.DeviceService,
        Tokens.LayoutService,
        Tokens.SimulationService,
        Tokens.HeldProviders,
        Tokens.VolumePlaces,
        Tokens.ContentChanges,
      ],
    )
    .inSingletonScope();
  bind<SafetyService>(Tokens.SafetyService)
    .toResolvedValue(
      (sector: SectorClient, devices: DeviceService, layouts: LayoutService, jobs: JobService) =>
        new SafetyService(sector, devices, layouts, jobs),
      [Tokens.SectorClient, Tokens.DeviceService, Tokens.LayoutService, Tokens.JobService],
    )
    .inSingletonScope();
});
