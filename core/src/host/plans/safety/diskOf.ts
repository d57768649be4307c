import { realpath } from 'node:fs/promises';
import type { ListedDevice } from '../../../common';

/** The disk that a path names, or that the partition lies on which it names; null when it names neither. */
export async function diskOf(path: string, disks: readonly ListedDevice[]): Promise<ListedDevice | null> {
  if (!path.startsWith('/')) return null;
  const real = await realpath(path).catch(() => path);
  return disks.find((disk) => disk.path === real || isPartitionOf(real, disk.path)) ?? null;
}

/** As the kernel names partitions: `sda1`; after a digit with a `p`: `nvme0n1p1`. */
function isPartitionOf(path: string, disk: string): boolean {
  if (!path.startsWith(disk)) return false;
  const rest = path.slice(disk.length);
  return /\d$/.test(disk) ? /^p\d+$/.test(rest) : /^\d+$/.test(rest);
}
