import { stat } from 'node:fs/promises';
import { InvalidInputError, RefusedError } from '@diskwright/sdk/errors';
import { rawName, snapshotReadings } from '../../common/imageName';
import type { ImageService } from './imageService';

/** An image file, the snapshot of it that is meant, and the formats whose marks it bears. */
export interface FoundImage {
  path: string;
  snapshot: string | null;
  formats: string[];
}

/**
 * The image file that an absolute path means, by itself or with a snapshot; null when it is none.
 * @throws InvalidInputError for a snapshot of something that is no image
 */
export async function findImage(path: string, images: Pick<ImageService, 'formatsOf'>): Promise<FoundImage | null> {
  const type = await typeOf(path);
  if (type === 'file') return found(path, null, await images.formatsOf(path));
  if (type !== 'none') return null;
  for (const { file, snapshot } of snapshotReadings(path)) {
    if ((await typeOf(file)) !== 'file') continue;
    const image = found(file, snapshot, await images.formatsOf(file));
    if (image) return image;
    throw new InvalidInputError(`${path} does not exist, and ${file} is no image of a known format, which could have snapshots`, {
      device: path,
    });
  }
  return null;
}

export function imageTarget(path: string): RefusedError {
  return new RefusedError(`${path} is an image file: what it holds can be read, not written`, {
    device: path,
    todo: `Name another target. To overwrite the file itself, with all it holds, name ${rawName(path)}.`,
  });
}

function found(path: string, snapshot: string | null, formats: string[]): FoundImage | null {
  return formats.length === 0 ? null : { path, snapshot, formats };
}

async function typeOf(path: string): Promise<'file' | 'none' | 'other'> {
  try {
    return (await stat(path)).isFile() ? 'file' : 'other';
  } catch {
    return 'none';
  }
}
