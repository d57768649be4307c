import { randomBytes } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isProcessAlive } from '../../common/processes/isProcessAlive';

const TEMPORARY = /^review-(\d+)-[0-9a-f]{16}$/;

/** A name for an overlay that is only made to be looked at once. It tells whose it is, so that what a dead process left can be found. */
export function temporaryOverlayName(): string {
  return `review-${process.pid}-${randomBytes(8).toString('hex')}`;
}

/** Such overlays are not the user's: lists leave them out. */
export function isTemporaryOverlay(name: string): boolean {
  return TEMPORARY.test(name);
}

/** Takes away those of processes that are gone. */
export async function removeAbandonedOverlays(dataFolder: string): Promise<void> {
  const folder = join(dataFolder, 'overlays');
  for (const name of await readdir(folder).catch((): string[] => [])) {
    const pid = TEMPORARY.exec(name)?.[1];
    if (pid && !isProcessAlive(Number(pid))) await rm(join(folder, name), { recursive: true, force: true });
  }
}
