/**
 * Looks at what is now, once at a time. Who asks while it looks gets a look that begins after that: what a look has already read
 * may be of before. However many ask meanwhile, one further look serves all.
 */
export class Refresher {
  private running: Promise<void> | null = null;
  private next: Promise<void> | null = null;

  /** @param look reads the state and keeps it; it may fail */
  constructor(private readonly look: () => Promise<void>) {}

  /** Ends when a look that began after this call has ended. @throws what that look throws */
  refresh(): Promise<void> {
    if (!this.running) {
      this.running = this.look().finally(() => (this.running = null));
      return this.running;
    }
    this.next ??= this.running
      .catch(() => undefined)
      .then(() => {
        this.next = null;
        return this.refresh();
      });
    return this.next;
  }
}
