import { InvalidInputError, NotSupportedError, RefusedError } from '@diskwright/sdk/errors';
import { isNbdUri } from '@diskwright/sdk/nbd';
import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import type { OpenedNode, OpenOptions, OverlayOpener } from '../contracts';
import { openDescriptor } from './openDescriptor';
import { openNbd } from './openNbd';

/** Who may open what. */
export interface OpenRights {
  /** An elevated service opens block devices only, and nothing by a network or a socket. */
  elevated: boolean;
  overlays: OverlayOpener | null;
}

/**
 * Opens for reading whatever `path` names: a regular file or block device by its absolute path, an NBD URI, or an overlay by its
 * name.
 * @throws InvalidInputError for what is none of these or does not exist, NotSupportedError for a sector size other than 512 and
 * 4096, RefusedError without the right to, DeviceGoneError when an NBD server does not answer
 */
export async function openNode(path: string, rights: OpenRights, options: OpenOptions = {}): Promise<OpenedNode> {
  if (isNbdUri(path)) {
    if (rights.elevated) throw refusedElevated(path);
    return openNbd(path, options);
  }
  if (!isAbsolute(path)) return openOverlay(path, rights, options);
  const type = await typeOfPath(path);
  if (rights.elevated && type !== 'block') throw refusedElevated(path);
  return openDescriptor(path, type, options);
}

/** @throws InvalidInputError, RefusedError */
export async function typeOfPath(path: string): Promise<'file' | 'block'> {
  const found = await statOf(path);
  if (found.isFile()) return 'file';
  if (found.isBlockDevice()) return 'block';
  throw new InvalidInputError(`${path} is ${nameOfType(found)}, not a disk`, {
    device: path,
    todo: 'Name a block device, an image file, an NBD URI or an overlay.',
  });
}

export function refusedElevated(path: string): RefusedError {
  return new RefusedError(`${path}: the elevated service opens block devices only`, {
    device: path,
    todo: 'Open it without elevation.',
  });
}

async function openOverlay(name: string, rights: OpenRights, options: OpenOptions): Promise<OpenedNode> {
  const known = !rights.elevated && rights.overlays !== null && (await rights.overlays.exists(name));
  if (!known) {
    throw new InvalidInputError(`there is no overlay named ${name}`, {
      device: name,
      todo: 'Name files and devices by their absolute path.',
    });
  }
  if (options.sectorSize) throw new NotSupportedError(`${name}: an overlay has the sector size of its base`, { device: name });
  const node = await rights.overlays!.open(name, false, options.signal);
  return { node, kind: 'overlay', model: null, serial: null, readOnly: true, notes: [], storage: { kind: 'overlay', name } };
}

async function statOf(path: string): Promise<Stats> {
  try {
    return await stat(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') throw new InvalidInputError(`${path} does not exist`, { device: path });
    throw new RefusedError(`${path} cannot be opened: ${(error as Error).message}`, { device: path });
  }
}

function nameOfType(found: Stats): string {
  if (found.isDirectory()) return 'a folder';
  if (found.isCharacterDevice()) return 'a character device';
  if (found.isSocket()) return 'a socket';
  if (found.isFIFO()) return 'a pipe';
  return 'no file or block device';
}
