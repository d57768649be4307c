import { closeSync, constants, openSync, statSync } from 'node:fs';
import { native } from '../native';
import { splitDeviceNumber, type SysBlockDevice } from './sysfsLinux';

/** A file by what it is, whatever its names are. */
export interface FileNumber {
  major: number;
  minor: number;
  inode: number;
}

/**
 * The file that a loop device lies in. The kernel is asked for it, since a path may be gone, replaced, or another one in this
 * process's view; where this user may not open the device, the path has to do.
 * @returns null when it is no loop device, or its file cannot be told
 */
export function backingFile(device: SysBlockDevice): FileNumber | null {
  if (!device.loop) return null;
  return askDevice(device.name) ?? fileAtPath(device.loop.path);
}

function askDevice(name: string): FileNumber | null {
  let descriptor: number;
  try {
    descriptor = openSync(`/dev/${name}`, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch {
    return null;
  }
  try {
    return native.loopBacking(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function fileAtPath(path: string): FileNumber | null {
  try {
    const { dev, ino } = statSync(path);
    return { ...splitDeviceNumber(dev), inode: ino };
  } catch {
    return null;
  }
}
