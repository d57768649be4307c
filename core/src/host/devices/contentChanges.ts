import { realpath } from 'node:fs/promises';
import type { JobService } from '../jobs/jobService';
import type { JobWatcher } from '../jobs/jobWatcher';
import { type Disposable, Listeners } from '../listeners';
import type { HeldProviders } from '../providers/heldProviders';
import type { ProviderBroker } from '../providers/providerBroker';
import type { SectorEvents } from '../sector/sectorClient';
import type { DeviceService } from './deviceService';

/**
 * Makes the host forget what it read of a device whose content is another now, and tells of it. Jobs that end are such changes, and what the sector
 * service finds when it opens a device again.
 */
export class ContentChanges {
  private readonly listeners = new Listeners<string>();

  constructor(
    private readonly devices: DeviceService,
    private readonly broker: ProviderBroker,
    private readonly held: HeldProviders,
    private readonly jobs: JobService,
    watcher: JobWatcher,
    events: SectorEvents,
  ) {
    events.onDeviceChanged = (deviceId, path) => this.openedAgain(deviceId, path);
    watcher.onEnded((id) => void this.jobEnded(id).catch(() => undefined));
  }

  /** Is told the path of the device, after the host has forgotten what it knew of it. */
  onChanged(listener: (path: string) => void): Disposable {
    return this.listeners.add(listener);
  }

  /** @param path as it was opened, or another name of the same file */
  async changed(path: string): Promise<void> {
    const names = new Set([path, await realpath(path).catch(() => path)]);
    for (const name of names) await Promise.all(this.devices.idsOf(name).map((deviceId) => this.forget(deviceId)));
    for (const name of names) this.listeners.tell(name);
  }

  /** Closes what providers have open on a device, and forgets what they said of it. */
  async forget(deviceId: string): Promise<void> {
    this.held.forget(deviceId);
    await this.broker.invalidate(deviceId);
  }

  /** Gives up all that the host has open of a device. What is shown of it is read again. */
  async release(path: string): Promise<void> {
    for (const deviceId of this.devices.idsOf(path)) {
      // A provider that does not answer is not waited for: its lease ends with it.
      this.forget(deviceId).catch(() => undefined);
      await this.devices.rest(deviceId);
    }
  }

  /** Whoever had it opened goes on with it in the next moment: what was read before has to be forgotten in this one. */
  private openedAgain(deviceId: string, path: string): void {
    this.forget(deviceId).catch(() => undefined);
    this.changed(path).catch(() => undefined);
  }

  private async jobEnded(id: string): Promise<void> {
    const { plan } = await this.jobs.show(id);
    for (const { role, path } of plan?.devices ?? []) if (role === 'target') await this.changed(path);
  }
}
