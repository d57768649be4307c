import { Worker } from 'node:worker_threads';
import library from 'hash-wasm/dist/argon2.umd.min.js?raw';
import { FailedError, NotSupportedError } from '@diskwright/sdk/errors';
import type { KeyDerivation } from './keyDerivation';

/** Runs in a thread of its own, since it computes for seconds, in which the plugin has to answer the host. */
const thread = `${library}
{
  const { parentPort, workerData } = require('node:worker_threads');
  const { type, password, ...options } = workerData;
  exports[type]({ ...options, password, outputType: 'binary' })
    .then((key) => parentPort.postMessage(key))
    .finally(() => password.fill(0));
}`;

/**
 * Argon2, version 1.3.
 * @param length bytes of the key
 * @throws FailedError when there is not enough memory, NotSupportedError where plugins get no threads; the signal's reason, after the thread was ended
 */
export async function argon2(
  secret: Buffer,
  { type, passes, memoryKibibytes, lanes, salt }: Extract<KeyDerivation, { lanes: number }>,
  length: number,
  signal: AbortSignal,
): Promise<Buffer> {
  const worker = startThread({
    type,
    // A copy, which the thread wipes.
    password: Uint8Array.from(secret),
    salt: Uint8Array.from(salt),
    iterations: passes,
    memorySize: memoryKibibytes,
    parallelism: lanes,
    hashLength: length,
  });
  try {
    return await new Promise<Buffer>((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      worker.once('message', (key: Uint8Array) => resolve(Buffer.from(key.buffer)));
      worker.once('error', (error) => reject(outOfMemory(memoryKibibytes, error)));
      worker.once('exit', () => reject(outOfMemory(memoryKibibytes)));
    });
  } finally {
    await worker.terminate();
  }
}

function startThread(workerData: Record<string, unknown>): Worker {
  try {
    return new Worker(thread, { eval: true, workerData });
  } catch (error) {
    throw new NotSupportedError(
      `a key of the LUKS container is made in a thread, which could not be started: ${(error as Error).message}`,
      {
        todo: 'Plugins get no threads on a system without Landlock. A passphrase of a key slot with PBKDF2 needs none.',
      },
    );
  }
}

/** Its input was checked before, so that nothing else is left to fail. */
function outOfMemory(memoryKibibytes: number, cause?: Error): FailedError {
  const error = new FailedError(
    `the key of the container takes ${Math.ceil(memoryKibibytes / 1024)} MiB of memory, and so much could not be had${cause ? ` (${cause.message})` : ''}`,
    { todo: 'End other programs, or give plugins more memory: setting "plugins.limits.memoryMebibytes".' },
  );
  error.cause = cause;
  return error;
}
