import type { OpenedDevice } from '../common';
import type { Host } from '../host/host';
import type { Application } from './application';
import { sectorSizeOption } from './sectorSizeOption';

/** Opens a device by name with the `--sector-size` option. */
export function openDevice(
  { signal }: Pick<Application, 'signal'>,
  host: Host,
  name: string,
  options: { sectorSize?: string },
): Promise<OpenedDevice> {
  return host.devices.open(name, sectorSizeOption(options.sectorSize), signal);
}
