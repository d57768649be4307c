import type { StorageReference } from '../contracts';
import { DeviceLook } from './deviceLookLinux';
import type { FileNumber } from './loopBackingLinux';
import type { SysBlockDevice } from './sysfsLinux';

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

/** Looks the stack up, as it stands now unless a look was taken before. */
export function storageStack(storage: StorageReference, look = new DeviceLook()): StorageStack {
  const builder = new StackBuilder(look);
  builder.addStorage(storage);
  return builder.stack;
}

/**
 * Block devices that show any of the same bytes: the device itself, its disk, its partitions, loop devices, what is stacked on
 * it.
 */
export function relatedDevices(stack: StorageStack, look = new DeviceLook()): SysBlockDevice[] {
  return look.all().filter((device) => {
    const builder = new StackBuilder(look);
    builder.addBlock(builder.stack.occupies, device, 0, device.size, 0);
    return findOverlap(stack.occupies, builder.stack.occupies) !== null;
  });
}

/** The first part of `a` that shares bytes with `b`. */
export function findOverlap(a: readonly StoragePart[], b: readonly StoragePart[]): StoragePart | null {
  return a.find((part) => b.some((other) => other.key === part.key && overlap(part, other))) ?? null;
}

/** Of a folder or file on a mounted filesystem: what that lies on. `device` is its `st_dev`. */
export function stackBelowFilesystem(device: { major: number; minor: number }): StoragePart[] {
  const builder = new StackBuilder(new DeviceLook());
  builder.addFilesystem(device, 0);
  return builder.stack.restsOn;
}

class StackBuilder {
  readonly stack: StorageStack = { occupies: [], restsOn: [] };

  constructor(private readonly look: DeviceLook) {}

  addStorage(storage: StorageReference): void {
    const { occupies } = this.stack;
    switch (storage.kind) {
      case 'nbd':
        occupies.push(
          whole(`nbd ${storage.address} ${storage.exportName}`, `the NBD export "${storage.exportName}" at ${storage.address}`),
        );
        break;
      case 'overlay':
        occupies.push(whole(`overlay ${storage.name}`, `the overlay ${storage.name}`));
        break;
      case 'content':
        this.addStorage(storage.base);
        break;
      case 'image':
        for (const file of storage.files) this.addStorage(file);
        break;
      case 'file':
        occupies.push({ key: fileKey(storage), name: 'the same file', offset: 0, length: storage.size });
        this.addFilesystem(storage, 0);
        break;
      case 'block':
        this.addBlock(occupies, this.look.numbered(storage), 0, storage.size, 0);
    }
  }

  addBlock(parts: StoragePart[], device: SysBlockDevice | null, offset: number, length: number, depth: number): void {
    if (!device || depth > MAX_DEPTH) return;
    parts.push({ key: `block ${device.major}:${device.minor}`, name: `/dev/${device.name}`, offset, length });
    if (device.start !== null) this.addBlock(parts, this.look.named(device.diskName), device.start + offset, length, depth + 1);
    // Where a mapped or RAID device keeps a byte is its driver's matter: it counts as all of what it is stacked on.
    for (const slave of device.slaves) {
      const below = this.look.named(slave);
      if (below) this.addBlock(parts, below, 0, below.size, depth + 1);
    }
    const file = device.loop && this.look.backingFile(device);
    if (!file) return;
    parts.push({
      key: fileKey(file),
      name: `the file ${device.loop!.path}`,
      offset: device.loop!.offset + offset,
      length,
    });
    this.addFilesystem(file, depth + 1);
  }

  addFilesystem(filesystem: { major: number; minor: number }, depth: number): void {
    const device = this.look.numbered(filesystem) ?? this.look.filesystemDevice(filesystem);
    if (device) this.addBlock(this.stack.restsOn, device, 0, device.size, depth + 1);
  }
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
