import { InvalidInputError } from '../errors';
import type { VolumeRef } from '../protocol/types';
import type { LeasedSource, PluginContext } from './pluginContext';

/**
 * The right to read the bytes of a volume that the command was given, for commands that parse it themselves; partition 0 is the whole device.
 * @throws InvalidInputError when the device has no such partition
 */
export async function leaseVolume({ devices }: PluginContext, { deviceId, partition }: VolumeRef): Promise<LeasedSource> {
  if (partition === 0) return devices.lease(deviceId);
  const table = await devices.table(deviceId);
  try {
    const found = (await table?.read())?.partitions.find(({ number }) => number === partition);
    if (!found) throw new InvalidInputError(`there is no partition ${partition}`);
    return await devices.lease(deviceId, { offset: found.start, length: found.size });
  } finally {
    await table?.close();
  }
}
