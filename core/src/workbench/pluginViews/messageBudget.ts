/** Messages that may come at once, and in the long run in a second. */
const BURST = 1000;
const PER_SECOND = 200;

/** Says when a page sends more than it may: a bucket of messages that fills again with time. */
export class MessageBudget {
  private left = BURST;
  private at: number;

  constructor(private readonly now: () => number = () => performance.now()) {
    this.at = now();
  }

  /** Whether one more message is within bounds. */
  take(): boolean {
    const now = this.now();
    this.left = Math.min(BURST, this.left + ((now - this.at) / 1000) * PER_SECOND);
    this.at = now;
    return --this.left >= 0;
  }
}
