import { CancelledError } from '@diskwright/sdk/errors';

/** Work whose outcome several callers wait for. It is cancelled when all of them have gone, and only then. */
export class SharedTask<T> {
  private readonly controller = new AbortController();
  private waiting = 0;
  /** For looking on: whoever needs it {@link wait}s for it. */
  readonly outcome: Promise<T>;

  constructor(work: (signal: AbortSignal) => Promise<T>) {
    this.outcome = work(this.controller.signal);
    this.outcome.catch(() => undefined);
  }

  /** Nobody waited for it any more: its outcome is that it was cancelled. */
  get abandoned(): boolean {
    return this.controller.signal.aborted;
  }

  /** @throws CancelledError at once when `signal` aborts; what the work throws */
  async wait(signal?: AbortSignal): Promise<T> {
    this.waiting++;
    let leave: (() => void) | undefined;
    const left = new Promise<never>((_, reject) => {
      leave = () => {
        reject(new CancelledError());
        if (--this.waiting === 0) this.controller.abort();
      };
      if (signal?.aborted) leave();
      else signal?.addEventListener('abort', leave, { once: true });
    });
    try {
      return await Promise.race([this.outcome, left]);
    } finally {
      signal?.removeEventListener('abort', leave!);
    }
  }
}
