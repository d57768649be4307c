import { RefusedError } from '@diskwright/sdk/errors';
import type { CommandInput, DeviceDescription, VolumeRef } from '@diskwright/sdk/protocol';

/** What both commands can be asked; the host has checked types and filled in defaults from the input schema. */
export interface CopyOptions {
  allSectors: boolean;
  unused: 'keep' | 'zero' | 'discard';
  verify: boolean;
}
export interface CloneDiskOptions extends CopyOptions {
  source: string;
  target: string;
  layout: 'keep' | 'fit';
  identity: 'keep' | 'new';
}
export interface ClonePartitionOptions extends CopyOptions {
  source: VolumeRef;
  target: VolumeRef;
}

export const cloneDiskOptions = (input: CommandInput): CloneDiskOptions => input as unknown as CloneDiskOptions;
export const clonePartitionOptions = (input: CommandInput): ClonePartitionOptions => input as unknown as ClonePartitionOptions;

/** Refuses what no clone can do: other sector sizes on the two sides, a device onto itself. `what` is cloned. */
export function checkDevices(source: DeviceDescription, target: DeviceDescription, what: 'disk' | 'partition'): void {
  if (source.deviceId === target.deviceId) throw what === 'disk' ? sameDisk(source) : partitionsOfOneDisk(source);
  if (source.sectorSize !== target.sectorSize) {
    // A table and most filesystems count in sectors, so a byte-for-byte copy would be unreadable.
    throw new RefusedError(
      `${source.path} has sectors of ${source.sectorSize} bytes and ${target.path} of ${target.sectorSize}: partition tables and most filesystems count in ` +
        'sectors and cannot be read with another size, and converting them is not supported',
      { device: target.path, todo: `Use a target with sectors of ${source.sectorSize} bytes.` },
    );
  }
}

function sameDisk({ path }: DeviceDescription): RefusedError {
  return new RefusedError(`${path} is both source and target`, { device: path, todo: 'Name another target.' });
}

function partitionsOfOneDisk({ path }: DeviceDescription): RefusedError {
  return new RefusedError(
    `${path} holds both partitions, and a disk cannot be the source, which is kept from being written, and the target of one clone`,
    {
      device: path,
      todo: 'Clone the partition to another disk or to an image file of its size (image.img#0), and from there to the other partition.',
    },
  );
}
