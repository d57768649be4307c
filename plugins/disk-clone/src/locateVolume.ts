import type { PluginContext } from '@diskwright/sdk';
import { RefusedError } from '@diskwright/sdk/errors';
import type { DeviceDescription, VolumeRef } from '@diskwright/sdk/protocol';
import type { VolumePlace } from './fits';

/** Where a volume lies on its device. @throws RefusedError when there is no such partition, or when it holds others */
export async function locateVolume(
  context: PluginContext,
  device: DeviceDescription,
  reference: VolumeRef,
): Promise<VolumePlace> {
  if (reference.partition === 0) return { start: 0, size: device.size, name: 'the whole device' };
  const layout = await context.devices.layout(reference.deviceId);
  const partition = layout.partitions.find((candidate) => candidate.number === reference.partition);
  if (!partition) {
    const numbers = layout.partitions.map((candidate) => candidate.number).join(', ');
    throw new RefusedError(`${device.path} has no partition ${reference.partition}`, {
      device: device.path,
      todo: numbers ? `It has ${numbers}.` : 'It has none; name the whole device by #0.',
    });
  }
  if (partition.role === 'extended') {
    throw new RefusedError(
      `partition ${partition.number} of ${device.path} is an extended partition, which holds other partitions`,
      { device: device.path },
    );
  }
  return { start: partition.start, size: partition.size, name: `partition ${partition.number}` };
}
