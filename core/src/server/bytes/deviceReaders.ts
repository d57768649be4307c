import type { DeviceService } from '../../host/devices/deviceService';
import type { Disposable } from '../../host/listeners';
import { DeviceReader } from './deviceReader';

/** A reader for every device that a page looks into, as long as it does. */
export class DeviceReaders {
  private readonly readers = new Map<string, DeviceReader>();

  private readonly listening: Disposable;

  constructor(private readonly devices: DeviceService) {
    this.listening = devices.onResting((deviceId) => this.release(deviceId));
  }

  /** @throws InvalidInputError for an unknown id */
  of(deviceId: string): DeviceReader {
    this.devices.get(deviceId);
    let reader = this.readers.get(deviceId);
    if (!reader) {
      reader = new DeviceReader(this.devices, deviceId, () => this.release(deviceId));
      this.readers.set(deviceId, reader);
    }
    return reader;
  }

  dispose(): void {
    this.listening.dispose();
    for (const reader of this.readers.values()) reader.dispose();
    this.readers.clear();
  }

  private release(deviceId: string): void {
    this.readers.get(deviceId)?.dispose();
    this.readers.delete(deviceId);
  }
}
