/** Lets at most `size` holders in at once; the others wait in the order in which they came. */
export class RequestWindow {
  private free: number;
  private readonly waiting: (() => void)[] = [];

  constructor(size: number) {
    this.free = size;
  }

  /** Takes a place; null when one was free at once, otherwise a promise that resolves when it is this caller's turn. */
  enter(): Promise<void> | null {
    if (this.free > 0) {
      this.free--;
      return null;
    }
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  /** Gives the place back. */
  leave(): void {
    const next = this.waiting.shift();
    if (next) next();
    else this.free++;
  }
}
