import { abortable, throwIfCancelled } from '../../common/flow/abortable';

/** Where a job waits while it is paused. */
export class PauseGate {
  private opened: Promise<void> | null = null;
  private open: () => void = () => undefined;
  private readonly listeners = new Set<(isPaused: boolean) => void>();

  get isPaused(): boolean {
    return this.opened !== null;
  }

  /** Idempotent. */
  pause(): void {
    if (this.opened) return;
    this.opened = new Promise((resolve) => (this.open = resolve));
    for (const listener of this.listeners) listener(true);
  }

  /** Idempotent. */
  continue(): void {
    if (!this.opened) return;
    this.opened = null;
    this.open();
    for (const listener of this.listeners) listener(false);
  }

  /** To be awaited before something new is begun. @throws CancelledError */
  async pass(signal: AbortSignal | undefined): Promise<void> {
    throwIfCancelled(signal);
    while (this.opened) await abortable(this.opened, signal);
  }

  /** Tells `listener` of each change, and at once when paused, while `action` runs. */
  async tellDuring<T>(listener: (isPaused: boolean) => void, action: Promise<T>): Promise<T> {
    this.listeners.add(listener);
    if (this.isPaused) listener(true);
    try {
      return await action;
    } finally {
      this.listeners.delete(listener);
    }
  }
}
