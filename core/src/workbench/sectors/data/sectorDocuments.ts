import type { OpenedDevice } from '../../../common';
import type { Workbench } from '../../api';
import { SectorDocument } from './sectorDocument';

interface Held {
  document: SectorDocument;
  holders: number;
  /** Whether the path still names this device; see {@link SectorDocuments.acquireKnown}. */
  confirmed: Promise<boolean>;
  /** Aborted when nobody holds it any more. */
  gone: AbortController;
}

/** A document, to be released once by who took it. */
export interface AcquiredDocument {
  document: SectorDocument;
  release(): void;
}

/** Documents by path, as long as anybody holds one: all editors of a device share its bytes and its staged edits. */
export class SectorDocuments {
  private readonly held = new Map<string, Held>();

  constructor(private readonly workbench: Workbench) {}

  /**
   * Opens a device.
   * @param signal aborting rejects at once, even when the device hangs
   * @throws as `devices/open`
   */
  async acquire(path: string, signal: AbortSignal): Promise<AcquiredDocument> {
    const held = this.held.get(path);
    if (held && (await held.confirmed)) return this.take(path, held);
    const device = await this.workbench.devices.open(path, undefined, signal);
    // Another may have opened it meanwhile.
    return this.take(path, this.held.get(path) ?? this.hold(path, device));
  }

  /**
   * The document of a device that this window has opened before, without waiting; null when there is none. Once `confirmed` says false, the path
   * names another device, or cannot be opened any more: the document is to be released, and {@link acquire} gives the right one.
   */
  acquireKnown(path: string): (AcquiredDocument & { confirmed: Promise<boolean> }) | null {
    let held = this.held.get(path);
    if (!held) {
      const known = this.workbench.devices.opened(path);
      if (!known) return null;
      held = this.hold(path, known);
      held.confirmed = this.confirm(path, held);
    }
    return { ...this.take(path, held), confirmed: held.confirmed };
  }

  /**
   * Whether a path still names the device of the document that is shown for it; when not, {@link acquire} gives the right one from now on.
   * @throws as `devices/open` when it names none
   */
  async isCurrent(path: string, signal: AbortSignal): Promise<boolean> {
    const held = this.held.get(path);
    const { deviceId, size } = await this.workbench.devices.open(path, undefined, signal);
    if (!held) return false;
    const { device } = held.document;
    if (deviceId === device.deviceId && size === device.size) return true;
    if (this.held.get(path) === held) this.held.delete(path);
    return false;
  }

  private async confirm(path: string, held: Held): Promise<boolean> {
    const { device } = held.document;
    const { signal } = held.gone;
    // The first bytes go before.
    await new Promise((resolve) => setTimeout(resolve));
    const opened = await this.workbench.devices.open(path, undefined, signal).catch(() => null);
    if (signal.aborted || (opened?.deviceId === device.deviceId && opened.size === device.size)) return true;
    this.held.delete(path);
    return false;
  }

  private hold(path: string, device: OpenedDevice): Held {
    const document = new SectorDocument(this.workbench, device);
    const held = { document, holders: 0, confirmed: Promise.resolve(true), gone: new AbortController() };
    this.held.set(path, held);
    return held;
  }

  private take(path: string, held: Held): AcquiredDocument {
    held.holders += 1;
    let released = false;
    const release = (): void => {
      if (released) return;
      released = true;
      held.holders -= 1;
      if (held.holders > 0) return;
      if (this.held.get(path) === held) this.held.delete(path);
      held.gone.abort();
      held.document.dispose();
    };
    return { document: held.document, release };
  }
}
