import { isNbdUri } from '@diskwright/sdk/nbd';
import type { DeviceService } from './deviceService';

/** More than anybody looks at. */
const MAX_KEPT = 256;

/** Whoever shows devices, such as a window. */
interface Viewer {
  /** Aborts when it is gone. */
  closed: AbortSignal;
}

/**
 * Which devices are shown, so that exports among them stay connected: there are servers that end with their first client. Files and disks are not kept
 * open, so that they can be detached while an editor shows them.
 */
export class ShownDevices {
  private readonly shownBy = new Map<Viewer, readonly string[]>();

  constructor(private readonly devices: Pick<DeviceService, 'keep'>) {}

  /** @param paths all that the viewer shows now */
  async show(viewer: Viewer, paths: readonly string[]): Promise<void> {
    if (!this.shownBy.has(viewer)) viewer.closed.addEventListener('abort', () => this.leave(viewer), { once: true });
    const exports = paths.filter((path) => isNbdUri(path));
    this.shownBy.set(viewer, exports);
    await this.keep();
  }

  private leave(viewer: Viewer): void {
    this.shownBy.delete(viewer);
    // A service that is gone keeps nothing open.
    this.keep().catch(() => undefined);
  }

  private keep(): Promise<void> {
    return this.devices.keep([...new Set([...this.shownBy.values()].flat())].slice(0, MAX_KEPT));
  }
}
