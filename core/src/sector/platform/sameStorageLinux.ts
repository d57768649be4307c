import { statSync } from 'node:fs';
import type { StorageReference } from '../contracts';
import { findOverlap, stackBelowFilesystem, storageStack } from './storageStackLinux';
import { splitDeviceNumber } from './sysfsLinux';

/** Something opened, as the user named it and by what it is. */
export interface NamedStorage {
  path: string;
  storage: StorageReference;
}

/**
 * Why two opened things share storage, in a sentence; null when they do not. By inode and device number, so that hard and
 * symbolic links, partitions, loop devices at any offset and stacked devices are seen through; and an image file on a filesystem
 * of the other's counts as well.
 */
export function sameStorage(a: NamedStorage, b: NamedStorage): string | null {
  const [stackA, stackB] = [storageStack(a.storage), storageStack(b.storage)];
  const shared = findOverlap(stackA.occupies, stackB.occupies);
  if (shared)
    return a.path === b.path ? `${a.path} is named twice.` : `${a.path} and ${b.path} share storage: both lie on ${shared.name}.`;
  const below = findOverlap(stackA.restsOn, stackB.occupies);
  if (below) return `${a.path} is a file on a filesystem that lies on ${b.path} (${below.name}).`;
  const above = findOverlap(stackB.restsOn, stackA.occupies);
  return above ? `${b.path} is a file on a filesystem that lies on ${a.path} (${above.name}).` : null;
}

/** Why a folder's filesystem lies on the storage, in a sentence; null when it does not. */
export function folderLiesOn(folder: string, opened: NamedStorage): string | null {
  const below = stackBelowFilesystem(splitDeviceNumber(statSync(folder).dev));
  const shared = findOverlap(below, storageStack(opened.storage).occupies);
  return shared ? `${folder} is on a filesystem that lies on ${opened.path} (${shared.name}).` : null;
}
