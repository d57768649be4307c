import { Refresher } from '../../common/flow/refresher';
import { type Disposable, Listeners } from '../listeners';
import type { DeviceCatalogue } from './deviceCatalogue';

/** Tells when something in the list of devices is different, whoever did it. Looks only while somebody listens and wants to know. */
export class DeviceWatch {
  private readonly changed = new Listeners();
  private timer: NodeJS.Timeout | null = null;
  private last: string | null = null;
  private readonly refresher = new Refresher(() => this.readList());

  /**
   * @param pollSeconds asked before each look
   * @param isWanted asked as well: with nobody to tell there is nothing to look for
   */
  constructor(
    private readonly catalogue: Pick<DeviceCatalogue, 'list'>,
    private readonly pollSeconds: () => number,
    private readonly isWanted: () => boolean,
  ) {
    this.schedule();
  }

  onChanged(listener: () => void): Disposable {
    return this.changed.add(listener);
  }

  /** Looks at once: something was just changed here. */
  look(): Promise<void> {
    return this.refresher.refresh();
  }

  private async readList(): Promise<void> {
    try {
      const now = JSON.stringify(await this.catalogue.list());
      const before = this.last;
      this.last = now;
      // The first look tells, too: a page may have asked before what is there now came.
      if (before !== now) this.changed.tell();
    } catch {
      // The service is ending; whoever asks it is told.
    }
  }

  dispose(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
  }

  private schedule(): void {
    this.timer = setTimeout(async () => {
      if (this.isWanted()) await this.look();
      else this.last = null;
      if (this.timer) this.schedule();
    }, this.pollSeconds() * 1000);
    this.timer.unref();
  }
}
