import { closeSync, constants, openSync } from 'node:fs';
import type { StorageReference } from '../contracts';
import { native } from '../native';
import { systemError } from '../nodes/nodeErrors';
import { relatedDevices, storageStack } from './storageStackLinux';

/**
 * Writes back and drops the caches of all block devices that show any of these bytes: a disk, its partitions and loop devices do
 * not see what is in each other's. What cannot be opened is passed over: who may not read a device has not read stale bytes from
 * it either.
 */
export async function settleCaches(storage: StorageReference): Promise<void> {
  if (storage.kind !== 'file' && storage.kind !== 'block') return;
  for (const { name } of relatedDevices(storageStack(storage))) {
    let descriptor: number;
    try {
      descriptor = openSync(`/dev/${name}`, constants.O_RDONLY | constants.O_NONBLOCK);
    } catch {
      continue;
    }
    try {
      await native.dropCaches(descriptor);
    } catch (error) {
      const { size } = native.describe(descriptor);
      throw systemError(error, { device: `/dev/${name}`, verb: 'flush', offset: 0, length: size });
    } finally {
      closeSync(descriptor);
    }
  }
}
