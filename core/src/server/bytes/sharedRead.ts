import { CancelledError } from '@diskwright/sdk/errors';

/** How long a read goes on for which nobody waits, but for which somebody may ask again. */
const GRACE_MILLISECONDS = 15_000;

/** One read of a device that several requests wait for, one after the other or at once. */
export class SharedRead<T> {
  private readonly controller = new AbortController();
  private readonly result: Promise<T>;
  private waiting = 0;
  private graceTimer: NodeJS.Timeout | null = null;

  /** @param onEnded called once, when nobody will ask for its result any more */
  constructor(
    start: (signal: AbortSignal) => Promise<T>,
    private readonly onEnded: () => void,
  ) {
    this.result = start(this.controller.signal);
    this.result.catch(() => undefined);
  }

  /**
   * The result, or null when there is none after `milliseconds`: the read then goes on for a while, for whoever asks again.
   * @throws CancelledError when `signal` aborts; with the last one who waits, the read itself ends
   */
  async wait(milliseconds: number, signal: AbortSignal): Promise<T | null> {
    this.waiting++;
    if (this.graceTimer) clearTimeout(this.graceTimer);
    const patience = startPatience(milliseconds, signal);
    try {
      const outcome = await Promise.race([this.result.then((value) => ({ value })), patience.over]);
      if (outcome === 'cancelled') throw new CancelledError();
      if (outcome === 'late') this.leave(GRACE_MILLISECONDS);
      else this.leave(0);
      return outcome === 'late' ? null : outcome.value;
    } catch (error) {
      this.leave(0);
      throw error;
    } finally {
      patience.stop();
    }
  }

  /** Ends the read, whoever waits. */
  cancel(): void {
    if (this.graceTimer) clearTimeout(this.graceTimer);
    if (this.controller.signal.aborted) return;
    this.controller.abort();
    this.onEnded();
  }

  private leave(graceMilliseconds: number): void {
    this.waiting--;
    if (this.waiting > 0) return;
    if (graceMilliseconds === 0) this.cancel();
    else this.graceTimer = setTimeout(() => this.cancel(), graceMilliseconds).unref();
  }
}

/** Whichever comes first: the time is over, or nobody wants to wait any more. */
function startPatience(milliseconds: number, signal: AbortSignal): { over: Promise<'late' | 'cancelled'>; stop: () => void } {
  let stop = (): void => undefined;
  const over = new Promise<'late' | 'cancelled'>((resolve) => {
    const onAbort = (): void => resolve('cancelled');
    const timer = setTimeout(() => resolve('late'), milliseconds);
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    stop = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    };
  });
  return { over, stop };
}
