import { InvalidInputError, RefusedError } from '@diskwright/sdk/errors';
import type { ByteRange, TableLayout, VolumeRef } from '@diskwright/sdk/protocol';
import type { OpenedDevice } from '../../common';

/** How long a table that was read counts as that of the device: for the volumes that are opened one after another by one look at it. */
const FRESH_MILLISECONDS = 1000;
interface Remembered {
  at: number;
  layout: Promise<TableLayout | null>;
}

/** Where partitions lie, by the table as it was read a moment ago. */
export class TableLayouts {
  private readonly remembered = new Map<string, Remembered>();

  /** @param read reads a device's table anew */
  constructor(private readonly read: (deviceId: string, signal?: AbortSignal) => Promise<TableLayout | null>) {}

  /** Another reading of the table, made for some other purpose. */
  remember(deviceId: string, layout: Promise<TableLayout | null>): void {
    const entry = { at: Date.now(), layout };
    this.remembered.set(deviceId, entry);
    layout.catch(() => {
      if (this.remembered.get(deviceId) === entry) this.remembered.delete(deviceId);
    });
  }

  forget(deviceId: string): void {
    this.remembered.delete(deviceId);
  }

  /**
   * The range of a volume on its device.
   * @throws InvalidInputError when there is no such partition, RefusedError when it does not lie on the device
   */
  async locate(device: OpenedDevice, { partition }: VolumeRef, signal?: AbortSignal): Promise<ByteRange> {
    if (partition === 0) return { offset: 0, length: device.size };
    const found = (await this.layout(device.deviceId, signal))?.partitions.find(({ number }) => number === partition);
    const detail = { device: device.path };
    if (!found) throw new InvalidInputError(`${device.path} has no partition ${partition}`, detail);
    const range = { offset: found.start, length: found.size };
    if (range.length === 0 || range.offset > device.size - range.length) {
      throw new RefusedError(`partition ${partition} of ${device.path} does not lie within its ${device.size} bytes`, {
        ...detail,
        ...range,
      });
    }
    return range;
  }

  /** The volumes in a device's table that lie on it. */
  async volumes({ deviceId, size }: OpenedDevice, signal?: AbortSignal): Promise<{ partition: number; range: ByteRange }[]> {
    return ((await this.layout(deviceId, signal))?.partitions ?? [])
      .filter(({ role, start, size: length }) => role !== 'extended' && length > 0 && start <= size - length)
      .map(({ number, start, size: length }) => ({ partition: number, range: { offset: start, length } }));
  }

  private layout(deviceId: string, signal?: AbortSignal): Promise<TableLayout | null> {
    const known = this.remembered.get(deviceId);
    if (known && Date.now() - known.at < FRESH_MILLISECONDS) return known.layout;
    this.remember(deviceId, this.read(deviceId, signal));
    return this.remembered.get(deviceId)!.layout;
  }
}
