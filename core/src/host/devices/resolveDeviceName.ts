import { containerReading, containerText, filesBefore } from '../../common/containerName';
import { parseImageName, rawName, snapshotReadings } from '../../common/imageName';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { InvalidInputError } from '@diskwright/sdk/errors';
import { parseDeviceName } from '../commands/deviceName';

const NBD_URI = /^nbds?(\+unix)?:\/\//;
const URI = /^[a-z][a-z0-9+.-]*:\/\//i;
const LONGEST_PATH_BYTES = 4095;
const SHOWN_CHARACTERS = 60;

/**
 * What the sector service takes for a device that a user named: an NBD URI and an overlay's name as they are, a path as an absolute one, of a file in a
 * volume and of a device in a container the part that names a device like that. A name without a slash may be a file in the current folder or an overlay.
 * @throws InvalidInputError when it is neither, or both
 */
export function resolveDeviceName(name: string, dataFolder: string): string {
  if (name === '') throw new InvalidInputError('a device is needed: a path, an NBD URI or the name of an overlay');
  const inContainer = containerReading(name);
  if (inContainer && !filesBefore(name, inContainer).some((file) => existsSync(file))) {
    const members = inContainer.members.map((member) => ({ ...member, device: resolveDeviceName(member.device, dataFolder) }));
    return containerText({ ...inContainer, members });
  }
  const inVolume = parseDeviceName(name);
  if (inVolume.path !== null && !existsSync(name)) {
    return `${resolveDeviceName(inVolume.device, dataFolder)}#${inVolume.partition}:${inVolume.path}`;
  }
  if (NBD_URI.test(name)) return name;
  const { raw, path: named } = parseImageName(name);
  if (raw) return rawName(resolveFile(named));
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
  const isFile = existsSync(path) || isSnapshot(path);
  const isOverlay = existsSync(join(dataFolder, 'overlays', name, 'overlay.json'));
  if (isFile && isOverlay) {
    throw new InvalidInputError(`${name} is both a file here and an overlay`, {
      todo: `Write ./${name} for the file; for the overlay, be in another folder.`,
    });
  }
  if (!isFile && !isOverlay) throw new InvalidInputError(`${name} is neither a file here nor an overlay`, { todo: advice(name) });
  return isFile ? path : name;
}

/** @throws InvalidInputError for what can only be something else than a file */
function resolveFile(name: string): string {
  if (name === '' || NBD_URI.test(name))
    throw new InvalidInputError(`raw:${name} is no device`, { todo: 'Behind "raw:" comes the path of a file.' });
  return resolve(name);
}

function isSnapshot(path: string): boolean {
  return snapshotReadings(path).some(({ file }) => existsSync(file));
}

function advice(name: string): string {
  // What Node could not decode it has replaced, and a name that cannot be told cannot be opened.
  if (name.includes('\ufffd'))
    return 'Its name is not UTF-8, which cannot be passed on: make a symbolic link to it and name that.';
  return `The current folder is ${process.cwd()}. "diskwright devices" lists disks.`;
}
