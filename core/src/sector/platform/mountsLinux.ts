import { readFileSync, statSync } from 'node:fs';
import { splitDeviceNumber } from './sysfsLinux';

/** A line of /proc/self/mountinfo (proc(5)). */
export interface Mount {
  major: number;
  minor: number;
  mountPoint: string;
  type: string;
  /** The filesystem itself is, so that no mount of it can be written through; a bind mount alone may be read-only. */
  readOnly: boolean;
  /** What was mounted: a device's path, or any word. */
  source: string;
  /** The device that `source` names, for filesystems whose own number is not a device's (btrfs); null when it names none. */
  sourceDevice: { major: number; minor: number } | null;
}

export interface Swap {
  path: string;
  type: 'partition' | 'file';
}

export function readMounts(): Mount[] {
  return lines('/proc/self/mountinfo').flatMap(parseMount);
}

export function readSwaps(): Swap[] {
  return lines('/proc/swaps')
    .slice(1)
    .flatMap((line) => {
      const [path, type] = line.split(/\s+/);
      return path && (type === 'partition' || type === 'file') ? [{ path: unescapePath(path), type }] : [];
    });
}

/** Whether a mount shows the filesystem on this device. */
export function isMountOf(mount: Mount, device: { major: number; minor: number }): boolean {
  const same = (number: { major: number; minor: number }) => number.major === device.major && number.minor === device.minor;
  return same(mount) || (mount.sourceDevice !== null && same(mount.sourceDevice));
}

/**
 * `36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue`: the optional fields end with a lone hyphen;
 * last are the filesystem's own options.
 */
function parseMount(line: string): Mount[] {
  const fields = line.split(' ');
  const separator = fields.indexOf('-', 6);
  const [major, minor] = (fields[2] ?? '').split(':').map(Number);
  const [mountPoint, type, source] = [fields[4], fields[separator + 1], fields[separator + 2]];
  if (separator < 0 || major === undefined || minor === undefined || !mountPoint || !type || !source) return [];
  const path = unescapePath(source);
  return [
    {
      major,
      minor,
      mountPoint: unescapePath(mountPoint),
      type,
      readOnly: fields[separator + 3]?.split(',').includes('ro') === true,
      source: path,
      sourceDevice: major === 0 ? deviceOfPath(path) : null,
    },
  ];
}

/** The kernel writes space, tab, newline and backslash as octal numbers. */
function unescapePath(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

/** The number of the block device at a path; null for anything else. */
export function deviceOfPath(path: string): { major: number; minor: number } | null {
  if (!path.startsWith('/')) return null;
  try {
    const found = statSync(path);
    return found.isBlockDevice() ? splitDeviceNumber(found.rdev) : null;
  } catch {
    return null;
  }
}

function lines(path: string): string[] {
  try {
    return readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => line !== '');
  } catch {
    return [];
  }
}
