import type { Superblock } from './superblock/superblock';

export const LINEAR = -1;
export const MIRROR = 1;

const NAMES: Record<number, string> = {
  [LINEAR]: 'linear',
  [-4]: 'multipath',
  [-5]: 'faulty',
  [-10]: 'a container of other metadata',
};

export function levelName(level: number): string {
  return level >= 0 ? `RAID${level}` : (NAMES[level] ?? `of an unknown level (${level})`);
}

/**
 * Bytes of an array that is not read: what mdadm says of it.
 * @param devices what those that are there may use of their devices
 */
export function otherArrayBytes(
  { level, layout, raidDisks, sizeBytes, chunkBytes }: Superblock,
  devices: readonly number[],
): number {
  const whole = (bytes: number): number => (chunkBytes > 0 ? Math.floor(bytes / chunkBytes) * chunkBytes : bytes);
  switch (level) {
    case 0:
      return devices.reduce((sum, bytes) => sum + whole(bytes), 0);
    case 4:
    case 5:
      return (raidDisks - 1) * sizeBytes;
    case 6:
      return (raidDisks - 2) * sizeBytes;
    case 10:
      return whole((raidDisks * sizeBytes) / Math.max(1, (layout & 0xff) * ((layout >> 8) & 0xff)));
    default:
      return sizeBytes;
  }
}
