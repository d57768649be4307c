import { statSync } from 'node:fs';
import type { StorageReference, Usage } from '../contracts';
import { DeviceLook } from './deviceLookLinux';
import { lockUsage } from './lockUsageLinux';
import { deviceOfPath, isMountOf, type Mount, readSwaps } from './mountsLinux';
import { openWriters } from './openWritersLinux';
import { fileKey, relatedDevices, type StoragePart, type StorageStack, storageStack } from './storageStackLinux';
import { splitDeviceNumber, type SysBlockDevice } from './sysfsLinux';

/**
 * By whom or what storage is in use; empty when nobody is found. Found by what it is, under all its names: mounts, swap, what the
 * kernel has stacked on it, loop devices over the same file, other programs' locks and descriptors.
 *
 * @param path how the storage can be opened once more, to probe for locks
 */
export async function findUsage(path: string, storage: StorageReference): Promise<Usage[]> {
  if (storage.kind !== 'block' && storage.kind !== 'file') return [];
  const look = new DeviceLook();
  const stack = storageStack(storage, look);
  const devices = relatedDevices(stack, look);
  const found = [
    ...devices.flatMap((device) => mountUsage(device, look.mounts())),
    ...devices.flatMap((device) => holderUsage(device, look)),
    ...swapUsage(devices, stack),
    ...loopUsage(devices, storage, look),
    ...(await openWriters(path, storage, devices, look)),
  ];
  found.push(...lockUsage(path, storage, devices, look, found.length > 0));
  return found.filter(({ text }, index) => found.findIndex((other) => other.text === text) === index).slice(0, 64);
}

function mountUsage(device: SysBlockDevice, mounts: readonly Mount[]): Usage[] {
  return mounts
    .filter((mount) => isMountOf(mount, device))
    .map(({ mountPoint, readOnly }) => ({
      text: `/dev/${device.name} is mounted ${readOnly ? 'read-only ' : ''}at ${mountPoint}.`,
      writes: !readOnly,
    }));
}

function holderUsage(device: SysBlockDevice, look: DeviceLook): Usage[] {
  return device.holders.map((holder) => {
    const name = holder.replaceAll('!', '/');
    return { text: `/dev/${device.name} is part of /dev/${name}.`, writes: look.named(name)?.readOnly !== true };
  });
}

function swapUsage(devices: readonly SysBlockDevice[], stack: StorageStack): Usage[] {
  return readSwaps().flatMap(({ path, type }) => {
    const number = type === 'partition' ? deviceOfPath(path) : null;
    const used = number
      ? devices.some((device) => device.major === number.major && device.minor === number.minor)
      : stack.occupies.some((part) => part.key === keyOfFile(path));
    return used ? [{ text: `${path} is used as swap.`, writes: true }] : [];
  });
}

/** A loop device other than the one that was asked about can be written behind our back, unless it is read-only. */
function loopUsage(devices: readonly SysBlockDevice[], storage: StorageReference, look: DeviceLook): Usage[] {
  const asked = (device: SysBlockDevice) => storage.kind === 'block' && look.numbered(storage)?.diskName === device.name;
  const over = devices.filter((device) => device.loop !== null && !asked(device));
  return [
    ...over.map((device) => ({
      text: `the ${device.readOnly ? 'read-only ' : ''}loop device /dev/${device.name} lies over ${device.loop!.path}.`,
      writes: !device.readOnly,
    })),
    ...(storage.kind === 'file' ? hiddenLoopUsage(storage.size, look) : []),
  ];
}

/**
 * Loop devices that this user may not ask, over files whose path was removed: one of the same size may be a hard link of this
 * one.
 */
function hiddenLoopUsage(size: number, look: DeviceLook): Usage[] {
  return look
    .all()
    .filter((device) => device.loop !== null && device.loop.offset + device.size === size && look.backingFile(device) === null)
    .map((device) => ({
      text: `the loop device /dev/${device.name} lies over a file of this size whose name is gone, which may be this one.`,
      writes: !device.readOnly,
    }));
}

function keyOfFile(path: string): StoragePart['key'] | null {
  try {
    const { dev, ino } = statSync(path);
    return fileKey({ ...splitDeviceNumber(dev), inode: ino });
  } catch {
    return null;
  }
}
