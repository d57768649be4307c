import { ContainerModule } from 'inversify';
import type { DeviceService } from './devices/deviceService';
import type { JobService } from './jobs/jobService';
import { JobWatcher } from './jobs/jobWatcher';
import type { LayoutService } from './layouts/layoutService';
import { PlanLibrary } from './plans/planLibrary';
import { SafetyService } from './plans/safety/safetyService';
import type { SectorClient } from './sector/sectorClient';
import { Tokens } from './tokens';

/** Binds what becomes of plans: kept, judged, applied, followed. */
export const planModule = new ContainerModule(({ bind }) => {
  bind<JobWatcher>(Tokens.JobWatcher)
    .toResolvedValue(
      (jobs: JobService, dataFolder: string) => new JobWatcher(jobs, dataFolder),
      [Tokens.JobService, Tokens.DataFolder],
    )
    .inSingletonScope()
    .onDeactivation((watcher) => watcher.dispose());
  bind<PlanLibrary>(Tokens.PlanLibrary)
    .toResolvedValue(
      (sector: SectorClient, dataFolder: string) => new PlanLibrary(sector, dataFolder),
      [Tokens.SectorClient, Tokens.DataFolder],
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
