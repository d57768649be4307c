import { RefusedError } from '@diskwright/sdk/errors';
import type { RunningJobs } from '../commands/inputDevices';
import type { SectorClient } from '../sector/sectorClient';
import type { ContentChanges } from './contentChanges';
import type { DeviceService } from './deviceService';

/** Takes overlays away that nobody needs any more. */
export class OverlayRemoval {
  constructor(
    private readonly sector: SectorClient,
    private readonly devices: DeviceService,
    private readonly jobs: RunningJobs,
    private readonly contents: Pick<ContentChanges, 'forget'>,
  ) {}

  /**
   * Deletes an overlay with all that was written to it. Ids under which it was open are void then.
   * @throws InvalidInputError when there is none, RefusedError while it is exported, or a job or another program works with it
   */
  async remove(name: string): Promise<void> {
    const [job] = await this.jobs.runningOn(name);
    if (job)
      throw new RefusedError(`job ${job} works with the overlay ${name}`, { device: name, todo: 'Wait for it, or cancel it.' });
    const ids = this.devices.idsOf(name);
    for (const deviceId of ids) await this.contents.forget(deviceId);
    await this.sector.request('overlay/remove', { name });
    this.devices.drop(ids);
  }
}
