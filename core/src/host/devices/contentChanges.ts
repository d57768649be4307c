import { realpath } from 'node:fs/promises';
import type { JobService } from '../jobs/jobService';
import type { JobWatcher } from '../jobs/jobWatcher';
import { type Disposable, Listeners } from '../listeners';
import type { HeldProviders } from '../providers/heldProviders';
import type { ProviderBroker } from '../providers/providerBroker';
import type { DeviceService } from './deviceService';

/** Makes the host forget what it read of a device whose content is another now, and tells of it. Jobs that end are such changes. */
export class ContentChanges {
  private readonly listeners = new Listeners<string>();

  constructor(
    private readonly devices: DeviceService,
    private readonly broker: ProviderBroker,
    private readonly held: HeldProviders,
    private readonly jobs: JobService,
    watcher: JobWatcher,
  ) {
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

  private async jobEnded(id: string): Promise<void> {
    const { plan } = await this.jobs.show(id);
    for (const { role, path } of plan?.devices ?? []) if (role === 'target') await this.changed(path);
  }
}
