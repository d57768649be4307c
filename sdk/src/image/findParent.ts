import type { BlockSource } from '../block/index';
import { DiskwrightError } from '../errors';
import type { ImageContext } from '../provider/index';

/**
 * The first of the files by which an image may mean its parent that is the parent. A path may be that of another machine, so that one at which there
 * is none, or that leads out of the image's folder, is passed over.
 * @param paths relative to the image or absolute, the best first
 * @param open opens the parent; an error that it answers, not throws, tells that this is another one
 * @throws what the last of the paths failed with; `missing` when there are none
 */
export async function findParent<Parent extends object>(
  context: Pick<ImageContext, 'sibling'>,
  paths: readonly string[],
  missing: DiskwrightError,
  open: (file: BlockSource, path: string) => Promise<Parent | DiskwrightError>,
): Promise<Parent> {
  let failure: unknown = missing;
  for (const path of paths) {
    let file: BlockSource;
    try {
      file = await context.sibling(path);
    } catch (error) {
      if (!(error instanceof DiskwrightError) || (error.code !== 'InvalidInput' && error.code !== 'Refused')) throw error;
      failure = error;
      continue;
    }
    const parent = await open(file, path);
    if (!(parent instanceof DiskwrightError)) return parent;
    failure = parent;
  }
  throw failure;
}
