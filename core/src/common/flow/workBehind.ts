import { setMaxListeners } from 'node:events';

/** Where work can be left that goes on behind other work: one piece at a time, in the order in which they are left. */
export interface WorkBehind {
  /** For the work ahead: aborted with the given one, and when work behind fails. */
  readonly signal: AbortSignal;
  /**
   * Begins a piece of work once the one before it is done, and goes on without waiting for its end.
   * @throws what the one before it has thrown
   */
  leave(work: () => Promise<void>): Promise<void>;
  /** @throws what the last piece has thrown */
  done(): Promise<void>;
}

/**
 * Runs `ahead`, and resolves or rejects when what it has left behind has ended as well.
 * @throws what work behind has thrown, which cancels what is ahead of it; else what `ahead` throws
 */
export async function withWorkBehind<T>(signal: AbortSignal | undefined, ahead: (behind: WorkBehind) => Promise<T>): Promise<T> {
  const failed = new AbortController();
  const either = signal ? AbortSignal.any([signal, failed.signal]) : failed.signal;
  // As many may listen as requests are in flight.
  setMaxListeners(0, either);
  let last: Promise<void> = Promise.resolve();
  const done = (): Promise<void> => last;
  const leave = async (work: () => Promise<void>): Promise<void> => {
    await last;
    last = work();
    last.catch(() => failed.abort());
  };
  try {
    return await ahead({ signal: either, leave, done });
  } finally {
    await last;
  }
}
