import { RefusedError } from '@diskwright/sdk/errors';
import { formatBytes } from '@diskwright/sdk/plan';
import type { DeviceDescription, TableLayout } from '@diskwright/sdk/protocol';

/** Refuses a target on which the partitions, where they lie now, find no place. */
export function checkPartitionsFit(layout: TableLayout, source: DeviceDescription, target: DeviceDescription): void {
  const end = Math.max(0, ...layout.partitions.map((partition) => partition.start + partition.size));
  if (end <= target.size) return;
  throw new RefusedError(
    `${target.path} has ${formatBytes(target.size)}, but the partitions of ${source.path} reach to ${formatBytes(end)}: ${formatBytes(end - target.size)} are missing`,
    { device: target.path, todo: 'Use a larger target, or shrink the last partition of the source first.' },
  );
}

/** Refuses a target that is smaller than what the whole source, as one volume, needs. */
export function checkDeviceFits(neededBytes: number, source: DeviceDescription, target: DeviceDescription): void {
  if (target.size >= neededBytes) return;
  throw new RefusedError(
    `${target.path} has ${formatBytes(target.size)}, but what ${source.path} holds needs ${formatBytes(neededBytes)}`,
    { device: target.path, todo: 'Use a larger target.' },
  );
}

/** A volume on its device, and how sentences call it. */
export interface VolumePlace {
  start: number;
  size: number;
  name: string;
}

/** Refuses a partition that is smaller than what the source volume needs. */
export function checkVolumeFits(
  neededBytes: number,
  source: { device: DeviceDescription; place: VolumePlace },
  target: { device: DeviceDescription; place: VolumePlace },
): void {
  const { start, size, name } = target.place;
  if (size >= neededBytes) return;
  throw new RefusedError(
    `${name} of ${target.device.path} has ${formatBytes(size)}, but what ${source.place.name} of ${source.device.path} holds needs ${formatBytes(neededBytes)}`,
    { device: target.device.path, offset: start, length: size, todo: 'Use a larger partition.' },
  );
}
