/**
 * Waits for a promise, or until the signal is aborted. For work that is shared with others and so cannot itself be cancelled; it goes on.
 * @throws the signal's reason
 */
export async function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  signal.throwIfAborted();
  const cleanup = new AbortController();
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { signal: cleanup.signal });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    cleanup.abort();
  }
}
