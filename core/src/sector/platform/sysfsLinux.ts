import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/**
 * Sizes and starts in sysfs are counted in 512 bytes, whatever the device's sectors are (Documentation/ABI/stable/sysfs-block).
 */
const SYSFS_UNIT = 512;

/** A block device as /sys shows it. */
export interface SysBlockDevice {
  /** As under /dev: `sda1`, `dm-0`, `cciss/c0d0`. */
  name: string;
  major: number;
  minor: number;
  /** Bytes. */
  size: number;
  folder: string;
  /** Of a partition: its disk's; otherwise its own. */
  diskName: string;
  diskFolder: string;
  /** Of a partition: its start on the disk in bytes; otherwise null. */
  start: number | null;
  /** Kernel names of what it is stacked on, and of what is stacked on it. */
  slaves: string[];
  holders: string[];
  /** Nothing can be written to it. */
  readOnly: boolean;
  /** Of a loop device in use. */
  loop: LoopBacking | null;
}

export interface LoopBacking {
  /** As the kernel tells it; a deleted file's ends with ` (deleted)`. */
  path: string;
  /** Bytes. */
  offset: number;
}

/** Of `major:minor`; null when there is none. */
export function blockDeviceOf({ major, minor }: { major: number; minor: number }): SysBlockDevice | null {
  return readDevice(`/sys/dev/block/${major}:${minor}`);
}

/** Of a kernel name such as `sda1`; null when there is none. */
export function namedBlockDevice(name: string): SysBlockDevice | null {
  return readDevice(join('/sys/class/block', name.replaceAll('/', '!')));
}

/** Every block device with a medium, partitions included. */
export function allBlockDevices(): SysBlockDevice[] {
  return entries('/sys/class/block')
    .map((name) => readDevice(join('/sys/class/block', name)))
    .filter((device) => device !== null && device.size > 0) as SysBlockDevice[];
}

/** Content of an attribute; null when it is not there or cannot be read. */
export function readAttribute(folder: string, name: string): string | null {
  try {
    return readFileSync(join(folder, name), 'latin1');
  } catch {
    return null;
  }
}

/** `st_dev` and `st_rdev` of Linux as Node gives them (gnu_dev_major and gnu_dev_minor). */
export function splitDeviceNumber(number: number): { major: number; minor: number } {
  const low = number % 0x1_0000_0000;
  const high = Math.floor(number / 0x1_0000_0000);
  return { major: ((low >>> 8) & 0xfff) + (high - (high % 0x1000)), minor: (low & 0xff) + ((low >>> 12) & 0xfff00) };
}

function readDevice(link: string): SysBlockDevice | null {
  let folder: string;
  try {
    folder = realpathSync(link);
  } catch {
    return null;
  }
  const [major, minor] = (readAttribute(folder, 'dev') ?? '').trim().split(':').map(Number);
  if (major === undefined || minor === undefined || Number.isNaN(major)) return null;
  const isPartition = readAttribute(folder, 'partition') !== null;
  const diskFolder = isPartition ? dirname(folder) : folder;
  const backing = readAttribute(folder, 'loop/backing_file')?.trim();
  return {
    name: nodeName(folder),
    major,
    minor,
    size: numberOf(folder, 'size') * SYSFS_UNIT,
    folder,
    diskName: nodeName(diskFolder),
    diskFolder,
    start: isPartition ? numberOf(folder, 'start') * SYSFS_UNIT : null,
    slaves: entries(join(folder, 'slaves')),
    holders: entries(join(folder, 'holders')),
    readOnly: readAttribute(folder, 'ro')?.trim() === '1',
    loop: backing ? { path: backing, offset: numberOf(folder, 'loop/offset') } : null,
  };
}

function nodeName(folder: string): string {
  return basename(folder).replaceAll('!', '/');
}

function numberOf(folder: string, attribute: string): number {
  return Number(readAttribute(folder, attribute) ?? 0);
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
