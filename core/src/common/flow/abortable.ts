import { CancelledError } from '@diskwright/sdk/errors';

/**
 * The promise, or CancelledError as soon as the signal is aborted: for work that cannot itself be called back, which then goes on
 * unobserved; its later failure is nobody's. What it uses must stay alive until it settles.
 */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(new CancelledError());
    // Also when it is aborted already: somebody has to take the promise's failure.
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}

/** @throws CancelledError when the signal is aborted */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new CancelledError();
}

/** Whether an error says that somebody cancelled, rather than that something went wrong. */
export function isCancellation(error: unknown): boolean {
  return error instanceof CancelledError || (error instanceof Error && error.name === 'AbortError');
}
