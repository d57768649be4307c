import type { StorageReference } from '../contracts';
import { backingFile, type FileNumber } from './loopBackingLinux';
import { filesystemDevice } from './mountsLinux';
import { allBlockDevices, blockDeviceOf, namedBlockDevice, type SysBlockDevice } from './sysfsLinux';

/** A part of some storage that others may name in another way. */
export interface StoragePart {
  /** `block 8:1`, `file 8:2 inode 77`, `nbd …`, `overlay …`. */
  key: string;
  /** In words, for messages: `/dev/sda`, `the file /a.img`. */
  name: string;
  offset: number;
  length: number;
}

/** Everything that storage is made of, seen from every level of the device stack. */
export interface StorageStack {
  /** The same bytes under other names: a partition on its disk, a loop device in its file, what a mapped device is stacked on. */
  occupies: StoragePart[];
  /** What holds the filesystem that a file (at any level) lies in; writing there destroys the file. */
  restsOn: StoragePart[];
}

/** A device stack is never deeper; guards against what cannot be. */
const MAX_DEPTH = 16;

/** Looks the stack up as it stands now. */
export function storageStack(storage: StorageReference): StorageStack {
  const stack: StorageStack = { occupies: [], restsOn: [] };
  switch (storage.kind) {
    case 'nbd':
      stack.occupies.push(
        whole(`nbd ${storage.address} ${storage.exportName}`, `the NBD export "${storage.exportName}" at ${storage.address}`),
      );
      break;
    case 'overlay':
      stack.occupies.push(whole(`overlay ${storage.name}`, `the overlay ${storage.name}`));
      break;
    case 'file':
      addFile(stack, storage, 'the same file', 0, storage.size, 0);
      break;
    case 'block':
      addBlock(stack.occupies, stack, blockDeviceOf(storage), 0, storage.size, 0);
  }
  return stack;
}

/**
 * Block devices, as they stand now, that show any of the same bytes: the device itself, its disk, its partitions, loop devices,
 * what is stacked on it.
 */
export function relatedDevices(stack: StorageStack): SysBlockDevice[] {
  return allBlockDevices().filter((device) => {
    const other = storageStack({ kind: 'block', major: device.major, minor: device.minor, size: device.size });
    return findOverlap(stack.occupies, other.occupies) !== null;
  });
}

/** The first part of `a` that shares bytes with `b`. */
export function findOverlap(a: readonly StoragePart[], b: readonly StoragePart[]): StoragePart | null {
  return a.find((part) => b.some((other) => other.key === part.key && overlap(part, other))) ?? null;
}

/** Of a folder or file on a mounted filesystem: what that lies on. `device` is its `st_dev`. */
export function stackBelowFilesystem(device: { major: number; minor: number }): StoragePart[] {
  const stack: StorageStack = { occupies: [], restsOn: [] };
  addFilesystem(stack, device, 0);
  return stack.restsOn;
}

function addBlock(
  parts: StoragePart[],
  stack: StorageStack,
  device: SysBlockDevice | null,
  offset: number,
  length: number,
  depth: number,
): void {
  if (!device || depth > MAX_DEPTH) return;
  parts.push({ key: `block ${device.major}:${device.minor}`, name: `/dev/${device.name}`, offset, length });
  if (device.start !== null) addBlock(parts, stack, namedBlockDevice(device.diskName), device.start + offset, length, depth + 1);
  // Where a mapped or RAID device keeps a byte is its driver's matter: it counts as all of what it is stacked on.
  for (const slave of device.slaves) {
    const below = namedBlockDevice(slave);
    if (below) addBlock(parts, stack, below, 0, below.size, depth + 1);
  }
  if (device.loop) addBacking(parts, stack, device, offset, length, depth + 1);
}

function addBacking(
  parts: StoragePart[],
  stack: StorageStack,
  device: SysBlockDevice,
  offset: number,
  length: number,
  depth: number,
): void {
  const loop = device.loop!;
  const file = backingFile(device);
  if (!file) return;
  parts.push({ key: fileKey(file), name: `the file ${loop.path}`, offset: loop.offset + offset, length });
  addFilesystem(stack, file, depth);
}

function addFile(stack: StorageStack, file: FileNumber, name: string, offset: number, length: number, depth: number): void {
  stack.occupies.push({ key: fileKey(file), name, offset, length });
  addFilesystem(stack, file, depth);
}

function addFilesystem(stack: StorageStack, filesystem: { major: number; minor: number }, depth: number): void {
  const device = blockDeviceOf(filesystem) ?? filesystemDevice(filesystem);
  if (device) addBlock(stack.restsOn, stack, device, 0, device.size, depth + 1);
}

/** Key of a file's part of storage; see {@link StoragePart}. */
export function fileKey({ major, minor, inode }: FileNumber): string {
  return `file ${major}:${minor} inode ${inode}`;
}

function whole(key: string, name: string): StoragePart {
  return { key, name, offset: 0, length: Number.MAX_SAFE_INTEGER };
}

function overlap(a: StoragePart, b: StoragePart): boolean {
  return a.offset < b.offset + b.length && b.offset < a.offset + a.length;
}
