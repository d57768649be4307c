import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

/**
 * Sizes and starts in sysfs are counted in 512 bytes, whatever the device's sectors are (Documentation/ABI/stable/sysfs-block).
 */
const SYSFS_UNIT = 512;

/** A link to each block device, by its name. */
const CLASS = '/sys/class/block';

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
export function blockDeviceOf(number: { major: number; minor: number }): SysBlockDevice | null {
  const folder = folderOfNumber(number);
  return folder === null ? null : readDevice(folder);
}

/** Of a kernel name such as `sda1`; null when there is none. */
export function namedBlockDevice(name: string): SysBlockDevice | null {
  const folder = linkedFolder(join(CLASS, name.replaceAll('/', '!')));
  return folder === null ? null : readDevice(folder);
}

/** Every block device with a medium, partitions included. */
export function allBlockDevices(): SysBlockDevice[] {
  return entries(CLASS).flatMap((name) => {
    const folder = linkedFolder(join(CLASS, name));
    // There are many that have none: loop devices that were used once.
    return folder === null || numberOf(folder, 'size') === 0 ? [] : (readDevice(folder) ?? []);
  });
}

/** The folder in /sys of the block device `major:minor`; null when there is none. */
export function folderOfNumber({ major, minor }: { major: number; minor: number }): string | null {
  return linkedFolder(`/sys/dev/block/${major}:${minor}`);
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

/** Looked up often, so that as few files are opened as can be. */
function readDevice(folder: string): SysBlockDevice | null {
  const event = attribute(folder, 'uevent');
  const [, major, minor] = /^MAJOR=(\d+)\nMINOR=(\d+)$/m.exec(event) ?? [];
  if (major === undefined || minor === undefined) return null;
  const isPartition = /^DEVTYPE=partition$/m.test(event);
  const name = nodeName(folder);
  const diskFolder = isPartition ? dirname(folder) : folder;
  const backing = /^loop\d+$/.test(name) ? attribute(folder, 'loop/backing_file').trim() : '';
  return {
    name,
    major: Number(major),
    minor: Number(minor),
    size: numberOf(folder, 'size') * SYSFS_UNIT,
    folder,
    diskName: nodeName(diskFolder),
    diskFolder,
    start: isPartition ? numberOf(folder, 'start') * SYSFS_UNIT : null,
    slaves: isPartition ? [] : entries(join(folder, 'slaves')),
    holders: entries(join(folder, 'holders')),
    readOnly: attribute(folder, 'ro').trim() === '1',
    loop: backing ? { path: backing, offset: numberOf(folder, 'loop/offset') } : null,
  };
}

/** The folder that a link in /sys leads to. */
function linkedFolder(link: string): string | null {
  try {
    return resolve(dirname(link), readlinkSync(link));
  } catch {
    return null;
  }
}

function nodeName(folder: string): string {
  return basename(folder).replaceAll('!', '/');
}

function numberOf(folder: string, name: string): number {
  return Number(attribute(folder, name));
}

/** Empty when it is not there. Read as UTF-8, which Node does several times as fast as other encodings. */
function attribute(folder: string, name: string): string {
  try {
    return readFileSync(join(folder, name), 'utf8');
  } catch {
    return '';
  }
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
