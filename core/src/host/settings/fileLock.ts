import { randomBytes } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { FailedError } from '@diskwright/sdk/errors';
import { isProcessAlive } from '../../common/processes/isProcessAlive';

const RETRY_MILLISECONDS = 20;
const PATIENCE_MILLISECONDS = 5000;

/**
 * Runs `action` while no other process that asks so works on the same file: `<path>.lock` beside it holds the process's id. The lock of a process that
 * has died is taken over.
 * @throws FailedError when another process does not let go in time
 */
export async function withFileLock<T>(path: string, action: () => Promise<T>): Promise<T> {
  const lock = `${path}.lock`;
  const holder = `${process.pid} ${randomBytes(8).toString('hex')}`;
  const deadline = Date.now() + PATIENCE_MILLISECONDS;
  while (!(await take(lock, holder))) {
    if (Date.now() > deadline) {
      throw new FailedError(`${path} is being changed by another program`, { todo: `If none runs, remove ${lock}.` });
    }
    await new Promise((resolve) => setTimeout(resolve, RETRY_MILLISECONDS));
  }
  try {
    return await action();
  } finally {
    await rm(lock, { force: true });
  }
}

async function take(lock: string, holder: string): Promise<boolean> {
  const written = `${lock}.${holder.replace(' ', '.')}`;
  try {
    // With its content at once: a lock that is cut between its making and its writing would be nobody's for ever.
    await writeFile(written, holder, { mode: 0o600 });
    await link(written, lock);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    await removeDead(lock);
    return false;
  } finally {
    await rm(written, { force: true });
  }
}

/** Two processes may find the same dead holder: only what is still its lock is taken away. */
async function removeDead(lock: string): Promise<void> {
  const holder = await readFile(lock, 'utf8').catch(() => null);
  if (holder === null || isProcessAlive(Number(holder.split(' ', 1)[0]))) return;
  const aside = `${lock}.${process.pid}.${randomBytes(4).toString('hex')}`;
  await rename(lock, aside).catch(() => undefined);
  const moved = await readFile(aside, 'utf8').catch(() => null);
  if (moved !== null && moved !== holder) await link(aside, lock).catch(() => undefined);
  await rm(aside, { force: true });
}
