import { randomBytes } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isProcessAlive } from '../../common/processes/isProcessAlive';

/** A name that tells which process made the folder: `<pid>-<random>`. */
export function newSessionFolder(stagingFolder: string): string {
  return join(stagingFolder, `${process.pid}-${randomBytes(8).toString('hex')}`);
}

/** Removes what services that died left in the staging folder. */
export async function removeDeadSessions(stagingFolder: string): Promise<void> {
  const names = await readdir(stagingFolder).catch(() => []);
  for (const name of names) {
    const pid = /^(\d+)-[0-9a-f]{16}$/.exec(name)?.[1];
    if (pid && !isProcessAlive(Number(pid))) await rm(join(stagingFolder, name), { recursive: true, force: true });
  }
}
