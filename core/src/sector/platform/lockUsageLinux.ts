import { close, closeSync, constants, openSync } from 'node:fs';
import type { StorageReference, Usage } from '../contracts';
import { native } from '../native';
import { flockUsage } from './flockUsageLinux';
import { holdsDiskLock, holdsFileLock } from './locksLinux';
import type { DeviceLook } from './deviceLookLinux';
import type { FileNumber } from './loopBackingLinux';
import type { SysBlockDevice } from './sysfsLinux';

/**
 * Where qemu locks the right to write an image: read locks on single bytes, one a permission (qemu, block/file-posix.c:
 * `RAW_LOCK_PERM_BASE` and the bit of `BLK_PERM_WRITE`).
 */
const QEMU_LOCKS = 100;
const QEMU_WRITES = QEMU_LOCKS + 1;

/**
 * Who holds storage, as far as only its locks tell; our own are not among them.
 * @param devices everything that shows the same bytes
 * @param explained a reason for a busy device was found already
 */
export function lockUsage(
  path: string,
  storage: StorageReference,
  devices: readonly SysBlockDevice[],
  look: DeviceLook,
  explained: boolean,
): Usage[] {
  const files = new Map<string, FileNumber>(storage.kind === 'file' ? [[path, storage]] : []);
  for (const device of devices) {
    const file = look.backingFile(device);
    if (file) files.set(device.loop!.path, file);
  }
  const found = [...files].flatMap(([name, file]) => [
    ...(holdsFileLock(file) ? [] : fileUsage(name)),
    ...flockUsage(file, name),
  ]);
  return storage.kind === 'block' ? [...found, ...diskUsage(path, storage, devices, look, explained || found.length > 0)] : found;
}

/** Locks on a file, of qemu and others. */
function fileUsage(file: string): Usage[] {
  const probe = (descriptor: number): Usage | null => {
    if (native.probeFileLock(descriptor, 'read')) return { text: `another program holds a write lock on ${file}.`, writes: true };
    const lock = native.probeFileLock(descriptor);
    if (!lock) return null;
    if (lock.start < QEMU_LOCKS) return { text: `another program holds a read lock on ${file}.`, writes: false };
    const writes = native.probeFileLock(descriptor, 'write', QEMU_WRITES, 1) !== null;
    return {
      text: `another program holds a lock on ${file}, as virtual machines do that ${writes ? 'write' : 'read'} it.`,
      writes,
    };
  };
  // Closing may wait for what hangs in the filesystem (FUSE, NFS). A probe holds no lock, so nobody has to wait for that.
  const usage = withDescriptor(file, probe, (descriptor) => close(descriptor));
  return usage ? [usage] : [];
}

/** What only the kernel or a lock on the whole disk's node tells; nothing while this process holds the disk itself. */
function diskUsage(
  path: string,
  storage: { major: number; minor: number },
  devices: readonly SysBlockDevice[],
  look: DeviceLook,
  explained: boolean,
): Usage[] {
  if (holdsDiskLock(storage)) return [];
  const found: Usage[] = [];
  // Nobody can tell what the holder does.
  if (!explained && isBusy(path)) found.push({ text: `${path} is held by another program or by the kernel.`, writes: true });
  const disk = devices.find(({ name }) => name === look.numbered(storage)?.diskName);
  const lock = disk && withDescriptor(`/dev/${disk.name}`, lockedBy, closeSync);
  if (lock) {
    const reads = lock === 'readers' ? ' that reads it' : '';
    found.push({ text: `the disk /dev/${disk.name} is locked by another program${reads}.`, writes: lock === 'writer' });
  }
  return found;
}

/** Who stands against a lock on a whole disk: one who writes, by an exclusive lock, or those who read. */
function lockedBy(descriptor: number): 'writer' | 'readers' | null {
  if (native.lockDevice(descriptor, false)) return null;
  return native.lockDevice(descriptor, true) ? 'readers' : 'writer';
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
function withDescriptor<T>(path: string, action: (descriptor: number) => T, close: (descriptor: number) => void): T | null {
  let descriptor: number;
  try {
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch {
    return null;
  }
  try {
    return action(descriptor);
  } finally {
    close(descriptor);
  }
}
