import { InvalidInputError } from '@diskwright/sdk/errors';
import type { DeviceIdentity, SectorSize } from '@diskwright/sdk/protocol';
import { randomUUID } from 'node:crypto';
import type { OpenedNode, OpenOptions } from '../contracts';
import { DeviceHandle } from './deviceHandle';

interface Entry {
  handle: DeviceHandle;
  /** How often the host opened it and did not close it: its id is good as long. */
  openings: number;
}

/** What a table needs of the service. */
export interface TableParts {
  open(path: string, options: OpenOptions): Promise<OpenedNode>;
  identify(opened: OpenedNode, signal?: AbortSignal): Promise<DeviceIdentity>;
  /** See {@link HandleParts.onChanged}. */
  onChanged(deviceId: string, path: string, replaced: boolean): void;
  /** How long a device stays open that nobody uses. */
  idleMilliseconds?: number;
}

/** Long enough for one look, which asks several things one after the other; short enough for whoever wants to detach the device. */
const IDLE_MILLISECONDS = 1_500;

/**
 * The devices that the host knows, by id. The same path opened again is the same id while it still names the same thing. An id is not an open device:
 * see {@link DeviceHandle}.
 */
export class DeviceTable {
  private readonly devices = new Map<string, Entry>();
  private readonly idOf = new Map<string, string>();
  /** Openings of one name go one after the other, or the same device would get two ids. */
  private readonly turns = new Map<string, Promise<unknown>>();
  private kept: ReadonlySet<string> = new Set();

  constructor(private readonly parts: TableParts) {}

  /**
   * Opens a device, and uses it for `action`.
   * @throws what opening and `action` throw; then it was not opened
   */
  async open<T>(
    path: string,
    sectorSize: SectorSize | undefined,
    signal: AbortSignal | undefined,
    action: (deviceId: string, opened: OpenedNode, identity: DeviceIdentity) => Promise<T>,
  ): Promise<T> {
    const key = `${sectorSize ?? ''} ${path}`;
    const turn = (this.turns.get(key) ?? Promise.resolve()).then(() => this.openInTurn(key, path, { sectorSize, signal }));
    const settled = turn
      .catch(() => undefined)
      .then(() => {
        if (this.turns.get(key) === settled) this.turns.delete(key);
      });
    this.turns.set(key, settled);
    const deviceId = await turn;
    try {
      return await this.using(deviceId, signal, async (opened) => {
        const identity = await this.get(deviceId).handle.identify(opened, signal);
        return action(deviceId, opened, identity);
      });
    } catch (error) {
      void this.close(deviceId);
      throw error;
    }
  }

  /**
   * Keeps a device open for a lease, an export or a search, whatever the host closes, until {@link done}.
   * @throws InvalidInputError for an unknown id; as {@link DeviceHandle.use}
   */
  async use(deviceId: string, signal?: AbortSignal): Promise<OpenedNode> {
    return this.get(deviceId).handle.use(signal);
  }

  /** Undoes one {@link use}. */
  done(deviceId: string): void {
    const entry = this.devices.get(deviceId);
    entry?.handle.done();
    void this.removeUnused(deviceId);
  }

  /** {@link use} for as long as `action` runs. */
  async using<T>(deviceId: string, signal: AbortSignal | undefined, action: (opened: OpenedNode) => Promise<T>): Promise<T> {
    const opened = await this.use(deviceId, signal);
    try {
      return await action(opened);
    } finally {
      this.done(deviceId);
    }
  }

  /** Undoes one opening by the host. With the last one it is closed, unless it is used. */
  async close(deviceId: string): Promise<void> {
    const entry = this.devices.get(deviceId);
    if (!entry) return;
    entry.openings--;
    await this.removeUnused(deviceId);
  }

  /** See {@link DeviceHandle.check}. */
  check(deviceId: string): Promise<boolean> {
    return this.get(deviceId).handle.check();
  }

  /** See {@link DeviceHandle.rest}. */
  rest(deviceId: string): void {
    this.get(deviceId).handle.rest();
  }

  /** What is or will be opened under these names stays open while nobody uses it; all else does not. */
  keep(paths: readonly string[]): void {
    this.kept = new Set(paths);
    for (const { handle } of this.devices.values()) handle.keep(this.kept.has(handle.path));
  }

  /** The devices of this name; null while one is closed. */
  under(path: string): { deviceId: string; opened: OpenedNode | null }[] {
    return [...this.devices]
      .filter(([, { handle }]) => handle.path === path)
      .map(([deviceId, { handle }]) => ({ deviceId, opened: handle.current }));
  }

  /** Closes what was opened, however often; whoever still uses it has lost it. */
  async end(deviceId: string): Promise<void> {
    const entry = this.devices.get(deviceId);
    if (!entry) return;
    this.devices.delete(deviceId);
    for (const [key, id] of this.idOf) if (id === deviceId) this.idOf.delete(key);
    await entry.handle.end();
  }

  /** {@link end} for those that nobody uses. */
  async endUnused(): Promise<void> {
    await Promise.all([...this.devices].filter(([, { handle }]) => !handle.used).map(([deviceId]) => this.end(deviceId)));
  }

  async endAll(): Promise<void> {
    await Promise.all([...this.devices.keys()].map((deviceId) => this.end(deviceId)));
  }

  private get(deviceId: string): Entry {
    const entry = this.devices.get(deviceId);
    if (!entry) throw new InvalidInputError(`there is no open device ${deviceId}`);
    return entry;
  }

  private async removeUnused(deviceId: string): Promise<void> {
    const entry = this.devices.get(deviceId);
    if (entry && entry.openings === 0 && !entry.handle.used) await this.end(deviceId);
  }

  private async openInTurn(key: string, path: string, options: OpenOptions): Promise<string> {
    const knownId = this.idOf.get(key);
    const known = knownId && this.devices.get(knownId);
    if (knownId && known && (await isStillThere(known.handle))) return this.join(knownId, known);
    // The file may have been replaced, the device exchanged: what a path names is looked up each time.
    const fresh = await this.parts.open(path, options);
    if (knownId && known && (await known.handle.take(fresh))) return this.join(knownId, known);
    const deviceId = `device-${randomUUID()}`;
    const { identify, idleMilliseconds = IDLE_MILLISECONDS } = this.parts;
    const handle = new DeviceHandle(
      path,
      {
        open: (signal) => this.parts.open(path, { ...options, signal }),
        identify,
        onChanged: (replaced) => this.parts.onChanged(deviceId, path, replaced),
        idleMilliseconds,
      },
      fresh,
    );
    handle.keep(this.kept.has(path));
    this.devices.set(deviceId, { handle, openings: 1 });
    this.idOf.set(key, deviceId);
    return deviceId;
  }

  private join(deviceId: string, entry: Entry): string {
    entry.openings++;
    return deviceId;
  }
}

/** An NBD connection is the device itself; it is asked rather than made again. */
async function isStillThere(handle: DeviceHandle): Promise<boolean> {
  return handle.current?.kind === 'nbd' && (await handle.check().catch(() => false));
}
