import { CancelledError } from '@diskwright/sdk/errors';

/**
 * Waits for a promise, or until the signal is aborted: for work that cannot itself be called back, which then goes on unobserved. What it uses must stay alive until
 * it settles.
 * @throws CancelledError
 */
export async function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  const cleanup = new AbortController();
  const aborted = new Promise<never>((_, reject) => {
    const stop = (): void => reject(new CancelledError());
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { signal: cleanup.signal });
  });
  try {
    // Races even when it is aborted already, so that a later failure of the promise has somebody who takes it.
    return await Promise.race([aborted, promise]);
  } finally {
    cleanup.abort();
  }
}

/** @throws CancelledError when the signal is aborted */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new CancelledError();
}

/** Whether an error says that somebody cancelled, rather than that something went wrong. */
export function isCancellation(error: unknown): boolean {
  return error instanceof CancelledError || (error instanceof Error && error.name === 'AbortError');
}
