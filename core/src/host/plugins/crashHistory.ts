/** Counts a plugin's crashes and says when there were too many: `limit` of them within `windowMilliseconds`. */
export class CrashHistory {
  private times: number[] = [];

  constructor(
    private readonly limit: number,
    private readonly windowMilliseconds: number,
    private readonly now: () => number = Date.now,
  ) {}

  /** Adds one; true when the limit is reached. */
  add(): boolean {
    const now = this.now();
    this.times = [...this.times.filter((time) => now - time < this.windowMilliseconds), now];
    return this.times.length >= this.limit;
  }

  get count(): number {
    const now = this.now();
    return this.times.filter((time) => now - time < this.windowMilliseconds).length;
  }

  clear(): void {
    this.times = [];
  }
}
