import { InvalidInputError } from '@diskwright/sdk/errors';
import { rangesMeet } from '@diskwright/sdk/extents';
import type { ByteRange, TableLayout } from '@diskwright/sdk/protocol';
import type { DeviceService } from '../devices/deviceService';
import type { HeldProviders } from '../providers/heldProviders';

/** Where a volume lies on its device. */
export interface VolumePlace extends ByteRange {
  /** 0 is the whole device as one. */
  partition: number;
}

interface Known {
  at: number;
  table: Promise<TableLayout | null>;
}

/** As long as a provider is held open: both are read anew together. */
const FRESH_MILLISECONDS = 10_000;

/** Where the volumes of devices lie, by tables that were read a moment ago. */
export class VolumePlaces {
  private readonly known = new Map<string, Known>();

  constructor(
    private readonly devices: DeviceService,
    private readonly held: HeldProviders,
  ) {
    held.onForgotten((deviceId) => this.known.delete(deviceId));
  }

  /** The table of a device; null when it has none. */
  table(deviceId: string): Promise<TableLayout | null> {
    const known = this.known.get(deviceId);
    if (known && Date.now() - known.at < FRESH_MILLISECONDS) return known.table;
    const entry = { at: Date.now(), table: this.held.use(deviceId, null, async (table) => (await table?.read()) ?? null) };
    this.known.set(deviceId, entry);
    entry.table.catch(() => {
      if (this.known.get(deviceId) === entry) this.known.delete(deviceId);
    });
    return entry.table;
  }

  /** All volumes that lie on the device; an extended partition is none. */
  async volumes(deviceId: string): Promise<VolumePlace[]> {
    const { size } = this.devices.get(deviceId);
    const table = await this.table(deviceId);
    if (!table) return [{ partition: 0, offset: 0, length: size }];
    return table.partitions
      .filter(({ role, start, size: length }) => role !== 'extended' && length > 0 && start <= size - length)
      .map(({ number, start, size: length }) => ({ partition: number, offset: start, length }));
  }

  /** @throws InvalidInputError when there is no such volume; partition 0 is the whole device, whatever its table says */
  async volume(deviceId: string, partition: number): Promise<VolumePlace> {
    const { path, size } = this.devices.get(deviceId);
    if (partition === 0) return { partition, offset: 0, length: size };
    const found = (await this.volumes(deviceId)).find((volume) => volume.partition === partition);
    if (!found) throw new InvalidInputError(`${path} has no volume in a partition ${partition}`, { device: path });
    return found;
  }

  async meeting(deviceId: string, range: ByteRange): Promise<VolumePlace[]> {
    return (await this.volumes(deviceId)).filter((volume) => rangesMeet(volume, range));
  }
}
