import type { PlanDevice } from '@diskwright/sdk/protocol';

/** What a list of devices says of a disk. */
export interface ListedDisk {
  path: string;
  size: number;
  model: string | null;
  serial: string | null;
}

/**
 * Where the disks of a plan are now, as far as they have other names than when it was made: the kernel's names change when a machine is
 * started or a disk plugged in anew, serial numbers do not. What is found is only where to look: whether it is the disk is judged by its identity.
 */
export function movedDevices(devices: readonly PlanDevice[], listed: readonly ListedDisk[]): Record<string, string> {
  const moved: Record<string, string> = {};
  for (const { name, path, identity } of devices) {
    const { kind, serial, model, size } = identity;
    if (kind !== 'block' || serial === null) continue;
    const same = listed.filter((disk) => disk.serial === serial && disk.model === model && disk.size === size);
    // Several paths of one disk: none is better than the one that is known.
    if (same.length === 1 && same[0]!.path !== path) moved[name] = same[0]!.path;
  }
  return moved;
}
