import { closeSync, constants, openSync } from 'node:fs';
import { native } from '../native';
import { wholeDiskPath } from './deviceFactsLinux';
import type { FileNumber } from './loopBackingLinux';
import { fileKey } from './storageStackLinux';

/** A lock that other processes see; several holders in this process may share one. */
export interface Lock {
  /** Idempotent. */
  release(): void;
}

interface DeviceNumber {
  major: number;
  minor: number;
}

interface DiskLock {
  descriptor: number;
  shared: number;
  exclusive: number;
}

/**
 * Locks belong to a process's openings, and the kernel sets those of one process against each other; so each disk is locked once
 * and counted here.
 */
const disks = new Map<string, DiskLock>();
const files = new Map<string, number>();

/**
 * Locks the whole disk of a device by flock, as udev, systemd and other Diskwrights do: exclusively for a target, shared for a
 * source. Within this process holders do not exclude each other; claims do that, by ranges.
 * @returns null when another process holds a lock that conflicts
 */
export function lockDisk(device: DeviceNumber, exclusive: boolean): Lock | null {
  const path = wholeDiskPath(device);
  const lock = disks.get(path) ?? { descriptor: openForLocking(path, device), shared: 0, exclusive: 0 };
  if (!raise(lock, exclusive)) {
    closeUnused(path, lock);
    return null;
  }
  disks.set(path, lock);
  lock[exclusive ? 'exclusive' : 'shared']++;
  return once(() => {
    lock[exclusive ? 'exclusive' : 'shared']--;
    if (exclusive && lock.exclusive === 0 && lock.shared > 0) native.lockDevice(lock.descriptor, true);
    closeUnused(path, lock);
  });
}

/**
 * Takes a read lock on the file that is open under `descriptor`, by an opening of the lock's own.
 * @returns null when another process has it locked for writing
 */
export function lockSourceFile(descriptor: number, file: FileNumber): Lock | null {
  const own = openSync(`/proc/self/fd/${descriptor}`, constants.O_RDONLY);
  if (native.lockFile(own, 'read')) return heldFile(file, () => closeSync(own));
  closeSync(own);
  return null;
}

/**
 * Takes a write lock by the descriptor itself; it lasts until that is closed. Null when anybody else holds a lock on any byte.
 */
export function lockTargetFile(descriptor: number, file: FileNumber): Lock | null {
  return native.lockFile(descriptor, 'write') ? heldFile(file, () => undefined) : null;
}

/** Whether this process holds a lock on a file: then a probe would only find that. */
export function holdsFileLock(file: FileNumber): boolean {
  return files.has(fileKey(file));
}

/** Whether this process holds a lock on the disk of a device. */
export function holdsDiskLock(device: DeviceNumber): boolean {
  return disks.has(wholeDiskPath(device));
}

function openForLocking(path: string, device: DeviceNumber): number {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch {
    // A user may have the right to a partition only; then its own node is the best there is.
    return openSync(`/dev/block/${device.major}:${device.minor}`, constants.O_RDONLY | constants.O_NONBLOCK);
  }
}

function raise(lock: DiskLock, exclusive: boolean): boolean {
  if (lock.exclusive > 0 || (lock.shared > 0 && !exclusive)) return true;
  if (native.lockDevice(lock.descriptor, !exclusive)) return true;
  // Raising a lock that fails may have lost it (flock(2)).
  if (lock.shared > 0) native.lockDevice(lock.descriptor, true);
  return false;
}

function closeUnused(path: string, lock: DiskLock): void {
  if (lock.shared + lock.exclusive > 0) return;
  closeSync(lock.descriptor);
  disks.delete(path);
}

function heldFile(file: FileNumber, close: () => void): Lock {
  const key = fileKey(file);
  files.set(key, (files.get(key) ?? 0) + 1);
  return once(() => {
    close();
    const left = files.get(key)! - 1;
    if (left > 0) files.set(key, left);
    else files.delete(key);
  });
}

function once(release: () => void): Lock {
  let released = false;
  return {
    release: () => {
      if (released) return;
      released = true;
      release();
    },
  };
}
