/** The time for an answer is looked at in so many steps, so that a host that was held up itself does not take its own pause for the plugin's. */
const STEPS = 4;

export interface HeartbeatOptions {
  /** Resolves when the other end has answered; a rejection counts as its end. */
  ping(): Promise<unknown>;
  /** From an answer to the next question. */
  pauseMilliseconds: number;
  /** How long an answer may take; infinite: for ever, such as for one that a debugger holds. */
  answerMilliseconds: number;
  /** Called once, when it took longer. */
  onSilent(): void;
}

/** Asks a process again and again whether it still listens, and knows how long the answers take. */
export class Heartbeat {
  private timer: NodeJS.Timeout | null = null;
  private lastMilliseconds: number | null = null;
  /** When the question was sent that waits for an answer. */
  private askedAt: number | null = null;
  private stopped = false;

  constructor(private readonly options: HeartbeatOptions) {}

  /** How long the last answer took, or the one that is waited for longer than that; null before the first. */
  get lagMilliseconds(): number | null {
    const waiting = this.askedAt === null ? 0 : performance.now() - this.askedAt;
    return this.lastMilliseconds === null && this.askedAt === null ? null : Math.max(this.lastMilliseconds ?? 0, waiting);
  }

  start(): void {
    if (this.stopped || !Number.isFinite(this.options.answerMilliseconds)) return;
    this.timer = setTimeout(() => void this.beat(), this.options.pauseMilliseconds).unref();
  }

  stop(): void {
    this.stopped = true;
    if (this.timer) clearTimeout(this.timer);
  }

  /** Measures how long it takes to answer now. Resolves also when it has ended. */
  async measure(): Promise<void> {
    const sentAt = performance.now();
    this.askedAt ??= sentAt;
    try {
      await this.options.ping();
      this.lastMilliseconds = performance.now() - sentAt;
    } catch {
      // It has ended, and so has its lag.
    }
    this.askedAt = null;
  }

  private async beat(): Promise<void> {
    let steps = 0;
    const watching = setInterval(() => {
      if (++steps < STEPS) return;
      clearInterval(watching);
      if (!this.stopped) this.options.onSilent();
    }, this.options.answerMilliseconds / STEPS).unref();
    await this.measure();
    clearInterval(watching);
    this.start();
  }
}
