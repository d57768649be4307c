import { InvalidInputError, RefusedError } from '@diskwright/sdk/errors';
import { access, rm } from 'node:fs/promises';
import { FolderLock } from '../folderLock';
import { documentPath, overlayFolder } from './overlayDocument';

/**
 * Deletes an overlay with all that was written to it.
 * @throws InvalidInputError when there is none of that name, RefusedError while anybody uses it
 */
export async function removeOverlay(dataFolder: string, name: string): Promise<void> {
  const folder = overlayFolder(dataFolder, name);
  const isThere = await access(documentPath(folder)).then(
    () => true,
    () => false,
  );
  if (!isThere) throw new InvalidInputError(`there is no overlay named ${name}`, { device: name });
  const lock = await FolderLock.acquire(folder, false);
  if (!lock) {
    throw new RefusedError(`the overlay ${name} is in use`, {
      device: name,
      todo: 'End the job, the export or the command that uses it, then try again.',
    });
  }
  try {
    // Without its document it is no overlay any more, whatever becomes of the rest.
    await rm(documentPath(folder));
    await rm(folder, { recursive: true, force: true });
  } finally {
    await lock.release();
  }
}
