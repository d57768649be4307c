import { RefusedError } from '@diskwright/sdk/errors';
import type { RunningJobs } from '../commands/inputDevices';
import type { HeldProviders } from '../providers/heldProviders';
import type { ProviderBroker } from '../providers/providerBroker';
import type { SectorClient } from '../sector/sectorClient';
import type { DeviceService } from './deviceService';

/** Takes overlays away that nobody needs any more. */
export class OverlayRemoval {
  constructor(
    private readonly sector: SectorClient,
    private readonly devices: DeviceService,
    private readonly jobs: RunningJobs,
    private readonly broker: ProviderBroker,
    private readonly held: HeldProviders,
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
    for (const deviceId of ids) {
      this.held.forget(deviceId);
      await this.broker.invalidate(deviceId);
    }
    await this.sector.request('overlay/remove', { name });
    this.devices.drop(ids);
  }
}
