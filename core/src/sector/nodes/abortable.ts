import { CancelledError } from '@diskwright/sdk/errors';

/**
 * The promise, or CancelledError as soon as the signal aborts: for requests to a device that cannot be called back. Whatever the request needs must stay alive until it
 * settles all the same.
 */
export function abortable<T>(promise: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(new CancelledError());
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
