import { closeSync, constants, openSync, statSync } from 'node:fs';
import type { StorageReference } from '../contracts';
import { native } from '../native';
import { holdsDiskLock, holdsFileLock } from './locksLinux';
import { deviceOfPath, isMountOf, type Mount, readMounts, readSwaps } from './mountsLinux';
import { relatedDevices, type StoragePart, type StorageStack, storageStack } from './storageStackLinux';
import { allBlockDevices, blockDeviceOf, splitDeviceNumber, statBacking, type SysBlockDevice } from './sysfsLinux';

/**
 * By whom or what storage is in use, each as a sentence; empty when nobody is found. Found by what it is, under all its names: mounts, swap, what the kernel
 * has stacked on it, loop devices over the same file, other programs' locks.
 *
 * @param path how the storage can be opened once more, to probe for locks
 */
export function findUsage(path: string, storage: StorageReference): string[] {
  if (storage.kind === 'nbd' || storage.kind === 'overlay') return [];
  const stack = storageStack(storage);
  const devices = relatedDevices(stack);
  const mounts = readMounts();
  const reasons = [
    ...devices.flatMap((device) => mountReasons(device, mounts)),
    ...devices.flatMap((device) => holderReasons(device)),
    ...swapReasons(devices, stack),
    ...loopReasons(devices, storage),
    ...fileLockReasons(path, storage, devices),
  ];
  if (storage.kind === 'block') reasons.push(...diskReasons(path, storage, devices, reasons.length > 0));
  return [...new Set(reasons)].slice(0, 64);
}

/** Mount points of a device and of everything that shows its bytes. */
export function mountPointsOf(device: SysBlockDevice, mounts: readonly Mount[]): string[] {
  return mounts.filter((mount) => isMountOf(mount, device)).map((mount) => mount.mountPoint);
}

function mountReasons(device: SysBlockDevice, mounts: readonly Mount[]): string[] {
  return mountPointsOf(device, mounts).map((point) => `/dev/${device.name} is mounted at ${point}.`);
}

function holderReasons(device: SysBlockDevice): string[] {
  return device.holders.map((holder) => `/dev/${device.name} is part of /dev/${holder.replaceAll('!', '/')}.`);
}

function swapReasons(devices: readonly SysBlockDevice[], stack: StorageStack): string[] {
  return readSwaps().flatMap(({ path, type }) => {
    const number = type === 'partition' ? deviceOfPath(path) : null;
    const used = number
      ? devices.some((device) => device.major === number.major && device.minor === number.minor)
      : stack.occupies.some((part) => part.key === keyOfFile(path));
    return used ? [`${path} is used as swap.`] : [];
  });
}

/** A loop device other than the one that was asked about can be written behind our back. */
function loopReasons(devices: readonly SysBlockDevice[], storage: StorageReference): string[] {
  const asked = (device: SysBlockDevice) => storage.kind === 'block' && blockDeviceOf(storage)?.diskName === device.name;
  const over = devices.filter((device) => device.loop !== null && !asked(device));
  return [
    ...over.map((device) => `the loop device /dev/${device.name} lies over ${device.loop!.path}.`),
    ...(storage.kind === 'file' ? hiddenLoopReasons(storage.size) : []),
  ];
}

/** The file of a loop device whose path was removed is known to the kernel only: of the same size, it may be a hard link of this one. */
function hiddenLoopReasons(size: number): string[] {
  return allBlockDevices()
    .filter(({ loop }) => loop !== null && statBacking(loop) === null)
    .filter((device) => device.loop!.offset + device.size === size)
    .map(
      (device) => `the loop device /dev/${device.name} lies over a file of this size whose name is gone, which may be this one.`,
    );
}

/** Locks of qemu and others, on the file itself and on the files of loop devices. */
function fileLockReasons(path: string, storage: StorageReference, devices: readonly SysBlockDevice[]): string[] {
  const backing = devices.flatMap(({ loop }) => {
    const file = loop && statBacking(loop);
    return file && !holdsFileLock(file) ? [loop.path] : [];
  });
  const asked = storage.kind === 'file' && !holdsFileLock(storage) ? [path] : [];
  return [...new Set([...asked, ...backing])].flatMap((file) => {
    const lock = withDescriptor(file, constants.O_RDONLY, (descriptor) => native.probeFileLock(descriptor));
    return lock
      ? [`another program holds a ${lock.type} lock on ${file}${lock.start === 0 ? '' : ', as virtual machines do'}.`]
      : [];
  });
}

/**
 * What only the kernel or a lock on the whole disk's node tells; nothing while this process holds the disk itself. `explained`: a
 * reason for a busy device was found already.
 */
function diskReasons(
  path: string,
  storage: { major: number; minor: number },
  devices: readonly SysBlockDevice[],
  explained: boolean,
): string[] {
  if (holdsDiskLock(storage)) return [];
  const reasons: string[] = [];
  const device = blockDeviceOf(storage);
  if (!explained && isBusy(path)) reasons.push(`${path} is held by another program or by the kernel.`);
  const disk = devices.find(({ name }) => name === device?.diskName);
  const free =
    disk && withDescriptor(`/dev/${disk.name}`, constants.O_RDONLY, (descriptor) => native.lockDevice(descriptor, false));
  if (free === false) reasons.push(`the disk /dev/${disk!.name} is locked by another program.`);
  return reasons;
}

/** O_EXCL without O_CREAT fails for a device that the kernel uses (open(2)); opening so for reading harms nobody. */
function isBusy(path: string): boolean {
  try {
    closeSync(openSync(path, constants.O_RDONLY | constants.O_EXCL));
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EBUSY';
  }
}

/** Null when it cannot be opened: then it cannot be asked. */
function withDescriptor<T>(path: string, flags: number, action: (descriptor: number) => T): T | null {
  let descriptor: number;
  try {
    descriptor = openSync(path, flags | constants.O_NONBLOCK);
  } catch {
    return null;
  }
  try {
    return action(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function keyOfFile(path: string): StoragePart['key'] | null {
  try {
    const { dev, ino } = statSync(path);
    const { major, minor } = splitDeviceNumber(dev);
    return `file ${major}:${minor} inode ${ino}`;
  } catch {
    return null;
  }
}
