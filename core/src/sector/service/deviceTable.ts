import { DiskwrightError, InvalidInputError } from '@diskwright/sdk/errors';
import type { SectorSize } from '@diskwright/sdk/protocol';
import { randomUUID } from 'node:crypto';
import type { OpenedNode, OpenOptions, StorageReference } from '../contracts';

interface Entry {
  opened: OpenedNode;
  /** How often it was opened and not closed. */
  users: number;
}

/** The devices that the host has open, by id. The same path opened again is the same id while it still names the same storage. */
export class DeviceTable {
  private readonly devices = new Map<string, Entry>();
  private readonly idOf = new Map<string, string>();
  /** Openings of one name go one after the other, or the same device would get two ids. */
  private readonly turns = new Map<string, Promise<unknown>>();

  constructor(private readonly openPath: (path: string, options: OpenOptions) => Promise<OpenedNode>) {}

  /** @throws what opening throws */
  open(
    path: string,
    sectorSize: SectorSize | undefined,
    signal?: AbortSignal,
  ): Promise<{ deviceId: string; opened: OpenedNode }> {
    const key = `${sectorSize ?? ''} ${path}`;
    const turn = (this.turns.get(key) ?? Promise.resolve()).then(() => this.openInTurn(key, path, { sectorSize, signal }));
    const settled = turn
      .catch(() => undefined)
      .then(() => {
        if (this.turns.get(key) === settled) this.turns.delete(key);
      });
    this.turns.set(key, settled);
    return turn;
  }

  /** @throws InvalidInputError for an id that is not open */
  get(deviceId: string): OpenedNode {
    const entry = this.devices.get(deviceId);
    if (!entry) throw new InvalidInputError(`there is no open device ${deviceId}`);
    return entry.opened;
  }

  /** Keeps a device open for a lease or an export, whatever the host closes. */
  retain(deviceId: string): OpenedNode {
    const opened = this.get(deviceId);
    this.devices.get(deviceId)!.users++;
    return opened;
  }

  /** Closes what was opened or retained once. */
  async release(deviceId: string): Promise<void> {
    const entry = this.devices.get(deviceId);
    if (!entry) return;
    entry.users--;
    if (entry.users > 0) return;
    this.devices.delete(deviceId);
    for (const [key, id] of this.idOf) if (id === deviceId) this.idOf.delete(key);
    await entry.opened.node.dispose();
  }

  /** The open devices of this name. */
  under(path: string): { deviceId: string; opened: OpenedNode }[] {
    return [...this.devices]
      .filter(([, { opened }]) => opened.node.path === path)
      .map(([deviceId, { opened }]) => ({ deviceId, opened }));
  }

  /** Closes what was opened, however often; whoever still uses it has lost it. */
  async close(deviceId: string): Promise<void> {
    const entry = this.devices.get(deviceId);
    if (!entry) return;
    entry.users = 1;
    await this.release(deviceId);
  }

  async closeAll(): Promise<void> {
    const entries = [...this.devices.values()];
    this.devices.clear();
    this.idOf.clear();
    await Promise.all(entries.map(({ opened }) => opened.node.dispose()));
  }

  private async openInTurn(key: string, path: string, options: OpenOptions): Promise<{ deviceId: string; opened: OpenedNode }> {
    const knownId = this.idOf.get(key);
    const known = knownId && this.devices.get(knownId);
    if (knownId && known && (await this.isStillThere(known.opened))) return this.join(knownId, known);
    // The file may have been replaced, the device exchanged: what a path names is looked up each time.
    const fresh = await this.openPath(path, options);
    if (knownId && known && fresh.kind !== 'nbd' && sameReference(known.opened.storage, fresh.storage)) {
      await fresh.node.dispose();
      return this.join(knownId, known);
    }
    const deviceId = `device-${randomUUID()}`;
    this.devices.set(deviceId, { opened: fresh, users: 1 });
    this.idOf.set(key, deviceId);
    return { deviceId, opened: fresh };
  }

  private join(deviceId: string, entry: Entry): { deviceId: string; opened: OpenedNode } {
    entry.users++;
    return { deviceId, opened: entry.opened };
  }

  /** An NBD connection is the device itself; it is asked rather than made again. */
  private async isStillThere({ kind, node }: OpenedNode): Promise<boolean> {
    if (kind !== 'nbd') return false;
    try {
      await node.read(0, 1);
      return true;
    } catch (error) {
      return error instanceof DiskwrightError && error.code === 'MediaError';
    }
  }
}

function sameReference(a: StorageReference, b: StorageReference): boolean {
  const keys = Object.keys(a) as (keyof StorageReference)[];
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}
