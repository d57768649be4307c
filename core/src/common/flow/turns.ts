import { CancelledError } from '@diskwright/sdk/errors';

/** Lets a few pieces of work run at once; the others wait for their turn, in the order in which they came. */
export class Turns {
  private readonly waiting: (() => void)[] = [];

  /** @param free how many may run at once */
  constructor(private free: number) {}

  /**
   * Runs `work` when it is its turn.
   * @throws CancelledError when `signal` aborts before; what `work` throws
   */
  async run<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    await this.enter(signal);
    try {
      return await work();
    } finally {
      this.leave();
    }
  }

  private async enter(signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) throw new CancelledError();
    if (this.free > 0) {
      this.free--;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const stop = (): void => {
        this.waiting.splice(this.waiting.indexOf(begin), 1);
        reject(new CancelledError());
      };
      const begin = (): void => {
        signal?.removeEventListener('abort', stop);
        resolve();
      };
      this.waiting.push(begin);
      signal?.addEventListener('abort', stop, { once: true });
    });
  }

  private leave(): void {
    const next = this.waiting.shift();
    // Its place goes on to who waits.
    if (next) next();
    else this.free++;
  }
}
