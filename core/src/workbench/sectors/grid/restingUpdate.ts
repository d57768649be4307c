/** How long after the last scrolling it follows. */
const delayMilliseconds = 120;

/** Does what frames have no time for while it is scrolled, such as telling screen readers what is seen: what comes until then as one. */
export class RestingUpdate {
  private timer: ReturnType<typeof setTimeout> | null = null;
  /** By `performance.now()`. */
  private scrolledAt = -Infinity;

  constructor(private readonly update: () => void) {}

  noteScroll(): void {
    this.scrolledAt = performance.now();
    this.soon();
  }

  soon(delay = delayMilliseconds): void {
    if (delay === 0) this.dispose();
    this.timer ??= setTimeout(() => {
      this.timer = null;
      const rest = this.scrolledAt + delayMilliseconds - performance.now();
      if (rest > 0) this.soon(rest);
      else this.update();
    }, delay);
  }

  dispose(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
  }
}
