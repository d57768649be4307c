import type { FilesystemInfo } from '@diskwright/sdk/protocol';
import { Emitter, type Workbench } from '../../api';

/** Asked for at a time, so that a list of many volumes keeps nothing else waiting. */
const AT_ONCE = 4;
const shared = new WeakMap<Workbench, LastMounts>();

/** Where volumes were last mounted, as their filesystems record it. */
export class LastMounts {
  private readonly known = new Map<string, string | null>();
  private readonly waiting: { path: string; partition: number }[] = [];
  private asking = 0;
  private readonly changed = new Emitter<void>();
  readonly onDidChange = this.changed.event;

  private constructor(private readonly workbench: Workbench) {
    workbench.devices.onDidChangeContent((path) => {
      for (const key of this.known.keys()) if (key.startsWith(`${path}#`)) this.known.delete(key);
    });
  }

  /** The one of a page: several lists of devices ask once for the same volume. */
  static of(workbench: Workbench): LastMounts {
    const mounts = shared.get(workbench) ?? new LastMounts(workbench);
    shared.set(workbench, mounts);
    return mounts;
  }

  /** Null when it is not recorded, or not known yet; {@link onDidChange} tells when it is. */
  of(path: string, partition: number): string | null {
    const key = `${path}#${partition}`;
    if (!this.known.has(key)) {
      this.known.set(key, null);
      this.waiting.push({ path, partition });
      this.askNext();
    }
    return this.known.get(key) ?? null;
  }

  private askNext(): void {
    if (this.asking >= AT_ONCE) return;
    const next = this.waiting.shift();
    if (!next) return;
    this.asking++;
    void this.ask(next.path, next.partition)
      // That it cannot be had is no news: the volume's own line says what is wrong with it.
      .catch(() => undefined)
      .finally(() => {
        this.asking--;
        this.askNext();
      });
  }

  private async ask(path: string, partition: number): Promise<void> {
    const { deviceId } = await this.workbench.devices.open(path);
    const { filesystem } = await this.workbench.host.request('volumes/info', { deviceId, partition });
    const found = (filesystem as FilesystemInfo | null)?.details.find(([name]) => /^last mounted on$/i.test(name))?.[1];
    if (!found) return;
    this.known.set(`${path}#${partition}`, found);
    this.changed.fire();
  }
}
