import { InvalidInputError } from '@diskwright/sdk/errors';
import { JobConnection } from './jobConnection';

/** Whether a job runs now: whether somebody listens in its folder. */
export async function isRunning(folder: string): Promise<boolean> {
  const connection = await JobConnection.to(folder);
  connection?.close();
  return connection !== null;
}

/** Asks a running job for something; false when it does not run. */
export async function askJob(folder: string, what: 'cancel' | 'pause' | 'continue'): Promise<boolean> {
  const connection = await JobConnection.to(folder);
  if (!connection) return false;
  await connection[what]().finally(() => connection.close());
  return true;
}

/** Asks a running job to end and waits until it has, or until nobody wants to wait any more. One that has ended is left alone. */
export async function cancelJob(folder: string, signal?: AbortSignal): Promise<void> {
  const connection = await JobConnection.to(folder);
  if (!connection) return;
  const stop = (): void => connection.close();
  signal?.addEventListener('abort', stop, { once: true });
  try {
    await connection.cancel();
    await connection.closed;
  } finally {
    signal?.removeEventListener('abort', stop);
    connection.close();
  }
}

/**
 * A job that runs keeps what it was begun with.
 * @param changes what else is asked for; nothing where all of them are empty
 * @throws InvalidInputError, with the connection closed
 */
export function requireAsItIs(connection: JobConnection, jobId: string, changes: readonly object[]): void {
  if (changes.every((change) => Object.keys(change).length === 0)) return;
  connection.close();
  throw new InvalidInputError(`job ${jobId} is running, with the options and devices that it was begun with`, {
    todo: `Resume it without other ones, or end it first: diskwright jobs cancel ${jobId}`,
  });
}
