import type { FilesystemInfo } from '@diskwright/sdk/protocol';
import type { Disposable, Workbench } from '../../api';

/** Where volumes were last mounted, as their filesystems record it; asked for once each. */
export class LastMounts implements Disposable {
  private readonly known = new Map<string, string | null>();
  private readonly ending = new AbortController();

  constructor(
    private readonly workbench: Workbench,
    private readonly changed: () => void,
  ) {}

  /** Null when it is not recorded, or not known yet; {@link changed} tells when it is. */
  of(path: string, partition: number): string | null {
    const key = `${path}#${partition}`;
    if (!this.known.has(key)) {
      this.known.set(key, null);
      // That it cannot be had is no news: the volume's own line says what is wrong with it.
      this.ask(key, path, partition).catch(() => undefined);
    }
    return this.known.get(key) ?? null;
  }

  dispose(): void {
    this.ending.abort();
  }

  private async ask(key: string, path: string, partition: number): Promise<void> {
    const { signal } = this.ending;
    const { deviceId } = await this.workbench.devices.open(path);
    const { filesystem } = await this.workbench.host.request('volumes/info', { deviceId, partition }, signal);
    const found = (filesystem as FilesystemInfo | null)?.details.find(([name]) => /^last mounted on$/i.test(name))?.[1];
    if (!found) return;
    this.known.set(key, found);
    this.changed();
  }
}
