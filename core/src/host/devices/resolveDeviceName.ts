import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { InvalidInputError } from '@diskwright/sdk/errors';

const NBD_URI = /^nbds?(\+unix)?:\/\//;
const URI = /^[a-z][a-z0-9+.-]*:\/\//i;
const LONGEST_PATH_BYTES = 4095;
const SHOWN_CHARACTERS = 60;

/**
 * What the sector service takes for a device that a user named: an NBD URI and an overlay's name as they are, a path as an absolute one. A name
 * without a slash may be a file in the current folder or an overlay.
 * @throws InvalidInputError when it is neither, or both
 */
export function resolveDeviceName(name: string, dataFolder: string): string {
  if (name === '') throw new InvalidInputError('a device is needed: a path, an NBD URI or the name of an overlay');
  if (NBD_URI.test(name)) return name;
  const path = resolve(name);
  if (Buffer.byteLength(path) > LONGEST_PATH_BYTES) {
    const length = Buffer.byteLength(path);
    throw new InvalidInputError(
      `${name.slice(0, SHOWN_CHARACTERS)}… is a path of ${length} bytes, and the system takes ${LONGEST_PATH_BYTES}`,
    );
  }
  if (name.includes('/')) {
    if (URI.test(name) && !existsSync(path)) {
      throw new InvalidInputError(`${name} is no device`, {
        todo: 'Of URIs, those of NBD are: nbd://HOST/EXPORT, nbd+unix:///?socket=PATH.',
      });
    }
    return path;
  }
  const isFile = existsSync(path);
  const isOverlay = existsSync(join(dataFolder, 'overlays', name, 'overlay.json'));
  if (isFile && isOverlay) {
    throw new InvalidInputError(`${name} is both a file here and an overlay`, {
      todo: `Write ./${name} for the file; for the overlay, be in another folder.`,
    });
  }
  if (!isFile && !isOverlay) throw new InvalidInputError(`${name} is neither a file here nor an overlay`, { todo: advice(name) });
  return isFile ? path : name;
}

function advice(name: string): string {
  // What Node could not decode it has replaced, and a name that cannot be told cannot be opened.
  if (name.includes('\ufffd'))
    return 'Its name is not UTF-8, which cannot be passed on: make a symbolic link to it and name that.';
  return `The current folder is ${process.cwd()}. "diskwright devices" lists disks.`;
}
