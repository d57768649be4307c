import { abortable, throwIfCancelled } from '../../common/flow/abortable';

/** One read for all who want its result; it is cancelled once everybody who could stop waiting has done so. */
export class SharedRead<T> {
  private readonly result: Promise<T>;
  private readonly control = new AbortController();
  /** Who waits; whoever came without a signal waits to the end. */
  private waiting = 0;

  /** @param failed called when there is no result to share: it failed, or nobody wants it any more */
  constructor(
    read: (signal: AbortSignal) => Promise<T>,
    private readonly failed: () => void,
  ) {
    this.result = read(this.control.signal);
    this.result.catch(failed);
  }

  /** The result. @throws CancelledError as soon as `signal` is aborted */
  async join(signal?: AbortSignal): Promise<T> {
    throwIfCancelled(signal);
    this.waiting++;
    const leave = (): void => {
      if (--this.waiting > 0) return;
      this.failed();
      this.control.abort();
    };
    signal?.addEventListener('abort', leave, { once: true });
    try {
      return await abortable(this.result, signal);
    } finally {
      signal?.removeEventListener('abort', leave);
    }
  }
}
