/**
 * How many messages a peer may send: so many a second in the long run, four times as many at once. An answer to an own request is awaited, and
 * costs nothing.
 */
export class MessageRate {
  /** Messages that came so far. */
  total = 0;
  private readonly burst: number;
  private allowance: number;
  private filledAt: number;

  constructor(
    private readonly perSecond: number,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.burst = perSecond * 4;
    this.allowance = this.burst;
    this.filledAt = now();
  }

  /** Counts one; false when it is one too many. */
  take(): boolean {
    this.total++;
    if (this.allowance < 1) this.fill();
    if (this.allowance < 1) return false;
    this.allowance--;
    return true;
  }

  /** One more may come: the answer to a request that was sent. */
  expect(): void {
    this.allowance++;
  }

  private fill(): void {
    const now = this.now();
    this.allowance = Math.min(this.burst, this.allowance + ((now - this.filledAt) / 1000) * this.perSecond);
    this.filledAt = now;
  }
}
