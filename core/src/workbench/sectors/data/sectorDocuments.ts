import type { OpenedDevice } from '../../../common';
import { abortable } from '../../../common/flow/abortable';
import { Emitter, type Workbench } from '../../api';
import { SectorDocument } from './sectorDocument';

interface Held {
  document: SectorDocument;
  holders: number;
  /** Whether the path still names this device, or one that can be opened; see {@link SectorDocuments.onDidReplace}. */
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
  private readonly replaced = new Emitter<string>();
  /** Is told a path that names another device now: documents of it are to be released, and {@link acquire} gives the right one. */
  readonly onDidReplace = this.replaced.event;

  constructor(private readonly workbench: Workbench) {
    workbench.devices.onDidChangeContent((path) => void this.lookAgain(path));
  }

  /**
   * Opens a device.
   * @param signal aborting rejects at once, even when the device hangs
   * @throws as `devices/open`
   */
  async acquire(path: string, signal: AbortSignal): Promise<AcquiredDocument> {
    const held = this.held.get(path);
    if (held && (await abortable(held.confirmed, signal))) return this.take(path, held);
    const device = await this.workbench.devices.open(path, undefined, signal);
    // Another may have opened it meanwhile.
    return this.take(path, this.held.get(path) ?? this.hold(path, device));
  }

  /**
   * The document of a device that this window has opened before, without waiting; null when there is none. It is asked then whether the path still names
   * that device: see {@link onDidReplace}.
   */
  acquireKnown(path: string): AcquiredDocument | null {
    let held = this.held.get(path);
    if (!held) {
      const known = this.workbench.devices.opened(path);
      if (!known) return null;
      held = this.hold(path, known);
      held.confirmed = this.confirm(path, held);
    }
    return this.take(path, held);
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
    this.replace(path, held);
    return false;
  }

  /** A device that cannot be opened any more is shown as it was read; see `confirmDevice`. */
  private async lookAgain(path: string): Promise<void> {
    const held = this.held.get(path);
    if (!held) return;
    const { deviceId, size } = held.document.device;
    const opened = await this.workbench.devices.open(path, undefined, held.gone.signal).catch(() => null);
    if (opened && (opened.deviceId !== deviceId || opened.size !== size)) this.replace(path, held);
  }

  private replace(path: string, held: Held): void {
    if (this.held.get(path) !== held) return;
    this.held.delete(path);
    this.replaced.fire(path);
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
