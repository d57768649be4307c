import type { DeviceIdentity } from '@diskwright/sdk/protocol';
import type { OpenOptions } from './contracts';

/** Opens a known device as it was: with its sector size, where that is a matter of choice and not the device's own. */
export function sectorSizeOption(identity: DeviceIdentity): Pick<OpenOptions, 'sectorSize'> {
  return identity.kind === 'file' || identity.kind === 'nbd' ? { sectorSize: identity.sectorSize } : {};
}
