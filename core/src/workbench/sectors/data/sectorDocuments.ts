import type { Workbench } from '../../api';
import { SectorDocument } from './sectorDocument';

interface Held {
  document: SectorDocument;
  holders: number;
}

/** Documents by path, as long as anybody holds one: all editors of a device share its bytes and its staged edits. */
export class SectorDocuments {
  private readonly held = new Map<string, Held>();

  constructor(private readonly workbench: Workbench) {}

  /**
   * Opens a device. To be released once by who took it.
   * @param signal aborting rejects at once, even when the device hangs
   * @throws as `devices/open`
   */
  async acquire(path: string, signal: AbortSignal): Promise<{ document: SectorDocument; release(): void }> {
    let entry = this.held.get(path);
    if (!entry) {
      const device = await this.workbench.host.request('devices/open', { path }, signal);
      // Another may have opened it meanwhile.
      entry = this.held.get(path) ?? { document: new SectorDocument(this.workbench, device), holders: 0 };
      this.held.set(path, entry);
    }
    const held = entry;
    held.holders += 1;
    let released = false;
    const release = (): void => {
      if (released) return;
      released = true;
      held.holders -= 1;
      if (held.holders > 0) return;
      this.held.delete(path);
      held.document.dispose();
    };
    return { document: held.document, release };
  }
}
