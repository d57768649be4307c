/**
 * Bounds the bytes under way. Whoever wants some waits in order of arrival; a single want larger than the window passes when nothing else is under
 * way. Used where waiting is rare, so it costs nothing while there is room.
 */
export class ByteWindow {
  private used = 0;
  private starting = false;
  private readonly waiting: { cost: number; start: () => void }[] = [];

  constructor(private readonly capacity: number) {}

  get inUse(): number {
    return this.used;
  }

  /** Takes `cost` bytes now, or answers false. */
  tryAcquire(cost: number): boolean {
    if (this.waiting.length > 0 || !this.fits(cost)) return false;
    this.used += cost;
    return true;
  }

  /** Calls `start` once `cost` bytes are taken; at once when there is room. Answers a function that gives up waiting. */
  acquire(cost: number, start: () => void): () => void {
    if (this.tryAcquire(cost)) {
      start();
      return () => undefined;
    }
    const entry = { cost, start };
    this.waiting.push(entry);
    return () => {
      const index = this.waiting.indexOf(entry);
      if (index < 0) return;
      this.waiting.splice(index, 1);
      // What waits behind the one that gave up may fit.
      this.startWaiting();
    };
  }

  release(cost: number): void {
    this.used -= cost;
    this.startWaiting();
  }

  private startWaiting(): void {
    // What is started may release at once; the loop below goes on then, without growing the stack.
    if (this.starting) return;
    this.starting = true;
    while (this.waiting.length > 0 && this.fits(this.waiting[0]!.cost)) {
      const next = this.waiting.shift()!;
      this.used += next.cost;
      next.start();
    }
    this.starting = false;
  }

  private fits(cost: number): boolean {
    return this.used === 0 || this.used + cost <= this.capacity;
  }
}
