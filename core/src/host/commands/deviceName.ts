import { existsSync } from 'node:fs';
import { InvalidInputError } from '@diskwright/sdk/errors';

/** A device, perhaps one of its volumes, perhaps a file in it, as named on the command line. */
export interface DeviceName {
  device: string;
  /** Partition number, 0 for the whole device as one volume; null when none was named. */
  partition: number | null;
  /** Path inside the volume; null when none was named. */
  path: string | null;
}

const VOLUME_FORM = 'Write DEVICE#N for partition N, or DEVICE#0 for the whole device as one volume.';

/** Splits `DEVICE`, `DEVICE#N` or `DEVICE#N:/path`. The last `#digits` before `:/` or the end counts, so names may hold `#`. */
export function parseDeviceName(text: string): DeviceName {
  if (text === '') throw new InvalidInputError('a device is needed, as a path, an NBD URI or the name of an overlay');
  const match = /^(.+)#(\d{1,9})$/s.exec(text) ?? /^(.+)#(\d{1,9}):(\/.*)$/s.exec(text);
  if (!match) return { device: text, partition: null, path: null };
  return { device: match[1]!, partition: Number(match[2]), path: match[3] ?? null };
}

/** As {@link parseDeviceName}, for commands that need a volume. @throws InvalidInputError when no partition is named */
export function parseVolumeName(text: string): { device: string; partition: number } {
  const { device, partition, path } = parseDeviceName(text);
  if (path !== null)
    throw new InvalidInputError(`"${text}" names a file in a volume, and a volume is needed`, {
      todo: `Write ${device}#${partition}.`,
    });
  if (partition === null) throw new InvalidInputError(`"${text}" names no volume`, { todo: VOLUME_FORM });
  return { device, partition };
}

/** As {@link parseDeviceName}, for commands that need a file or folder; a volume alone is its root, and a device alone the root of its only volume. */
export function parseVolumePath(text: string): { device: string; partition: number | null; path: string } {
  const { device, partition, path } = parseDeviceName(text);
  return { device, partition, path: path ?? '/' };
}

/** As {@link parseDeviceName}, for commands that take a device or a volume: a file in a volume is a device. */
export function parseDeviceOrVolume(text: string): { device: string; partition: number | null } {
  const { device, partition, path } = parseDeviceName(text);
  return path === null ? { device, partition } : { device: text, partition: null };
}

/**
 * As {@link parseDeviceName}, for commands that take a whole device: `DEVICE#0` is one, too, so is a file in a volume, an image in an image, and a file
 * whose name ends like a partition's.
 * @throws InvalidInputError when a partition is named
 */
export function parseWholeDevice(text: string): string {
  const { device, partition, path } = parseDeviceName(text);
  if (partition === null || path !== null || existsSync(text)) return text;
  if (partition === 0) return device;
  throw new InvalidInputError(`"${text}" names a partition, and a whole device is needed`, {
    todo: `Write ${device}.`,
  });
}
