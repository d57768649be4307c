import { abortable } from './abortable';
import { within } from './within';

const LATE = Symbol('late');

export interface SharedTaskOptions {
  /** How long the work goes on for which nobody waits since it took too long, but for which somebody may ask again. */
  graceMilliseconds?: number;
  /** Called when nobody waits for the outcome any more; whoever waits again makes it called again. */
  onUnused?(): void;
}

/** Work whose outcome several callers wait for, at once or one after the other. It is cancelled when all of them have gone, and only then. */
export class SharedTask<T> {
  private readonly controller = new AbortController();
  private waiting = 0;
  private settled = false;
  private graceTimer: NodeJS.Timeout | null = null;
  /** For looking on: whoever needs it {@link wait}s for it. */
  readonly outcome: Promise<T>;

  constructor(
    work: (signal: AbortSignal) => Promise<T>,
    private readonly options: SharedTaskOptions = {},
  ) {
    this.outcome = work(this.controller.signal);
    const settle = (): void => void (this.settled = true);
    this.outcome.then(settle, settle);
  }

  /** Nobody waited for it any more, or it was cancelled: its outcome is that. */
  get abandoned(): boolean {
    return this.controller.signal.aborted;
  }

  /** @throws CancelledError at once when `signal` aborts; what the work throws */
  async wait(signal?: AbortSignal): Promise<T> {
    this.enter();
    try {
      return await abortable(this.outcome, signal);
    } finally {
      this.leave(0);
    }
  }

  /**
   * As {@link wait}, but answers null when there is no outcome after `milliseconds`: the work then goes on for a while, for whoever asks again.
   * @throws CancelledError at once when `signal` aborts; what the work throws
   */
  async waitBriefly(milliseconds: number, signal?: AbortSignal): Promise<T | null> {
    this.enter();
    let graceMilliseconds = 0;
    try {
      const outcome = await abortable(within(milliseconds, this.outcome, LATE), signal);
      if (outcome !== LATE) return outcome as T;
      graceMilliseconds = this.options.graceMilliseconds ?? 0;
      return null;
    } finally {
      this.leave(graceMilliseconds);
    }
  }

  /** Ends the work, whoever waits. */
  cancel(): void {
    if (this.graceTimer) clearTimeout(this.graceTimer);
    if (!this.settled) this.controller.abort();
    this.options.onUnused?.();
  }

  private enter(): void {
    this.waiting++;
    if (this.graceTimer) clearTimeout(this.graceTimer);
  }

  private leave(graceMilliseconds: number): void {
    this.waiting--;
    if (this.waiting > 0) return;
    if (graceMilliseconds === 0) this.cancel();
    else this.graceTimer = setTimeout(() => this.cancel(), graceMilliseconds).unref();
  }
}
