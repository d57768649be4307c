import { formatBytes } from '@diskwright/sdk/plan';
import type { VolumePlace } from './fits';

/** What the ids on the target mean for whoever uses both disks. */
export function identityWarning(identity: 'keep' | 'new'): string {
  return identity === 'keep'
    ? 'source and target will have the same disk, partition and filesystem ids: do not use both in one machine at the same time, filesystems with the same id can destroy each other'
    : 'disk and partition ids are new; the filesystems on the target keep the ids and labels of the source';
}

export function grownWarning(grown: { number: number; bytes: number }): string {
  return `the entry of partition ${grown.number} grows by ${formatBytes(grown.bytes)}; the filesystem in it keeps its size until it is grown by its own tool`;
}

export const SAME_FILESYSTEM_WARNING =
  'source and target will hold filesystems with the same id: do not use both in one machine at the same time, they can destroy each other';

/** Empty when the filesystem fills the partition. */
export function sizeWarnings(filesystemBytes: number, to: VolumePlace): string[] {
  if (filesystemBytes >= to.size) return [];
  return [
    `${to.name} of the target is ${formatBytes(to.size - filesystemBytes)} larger than the filesystem, which keeps its size until it is grown by its own tool`,
  ];
}
