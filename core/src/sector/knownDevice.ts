import type { DeviceIdentity } from '@diskwright/sdk/protocol';
import type { OpenOptions } from './contracts';

/**
 * Opens a known device as it was: with its sector size, where that is a matter of choice and not the device's own, and a file by its own bytes, though what a
 * job has written there may look like an image.
 */
export function knownDevice({ kind, sectorSize }: DeviceIdentity): Pick<OpenOptions, 'sectorSize' | 'plain'> {
  return kind === 'file' ? { sectorSize, plain: true } : kind === 'nbd' ? { sectorSize } : {};
}
