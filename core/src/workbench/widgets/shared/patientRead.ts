/** How long something may take before it is said that it is waited for. */
export const PATIENCE_MILLISECONDS = 400;

/** How far a read is: `waiting` when it takes longer than a moment. */
export type ReadState<T> =
  | { kind: 'reading' }
  | { kind: 'waiting' }
  | { kind: 'cancelled' }
  | { kind: 'known'; value: T }
  | { kind: 'failed'; error: unknown };

/** A read of what may never answer. It tells when somebody has to be told that it is waited for, and can be cancelled at any time. */
export class PatientRead<T> {
  private current: ReadState<T> = { kind: 'reading' };
  private control = new AbortController();

  /** @param changed called whenever {@link state} is another */
  constructor(
    private readonly read: (signal: AbortSignal) => Promise<T>,
    private readonly changed: () => void,
  ) {}

  get state(): ReadState<T> {
    return this.current;
  }

  /** Begins, or begins anew. Never rejects; settles when it ends, however it does. */
  async start(): Promise<void> {
    this.control.abort();
    const { signal } = (this.control = new AbortController());
    const enter = (state: ReadState<T>): void => {
      if (!signal.aborted) this.enter(state);
    };
    enter({ kind: 'reading' });
    const timer = setTimeout(() => enter({ kind: 'waiting' }), PATIENCE_MILLISECONDS);
    try {
      enter({ kind: 'known', value: await this.read(signal) });
    } catch (error) {
      enter({ kind: 'failed', error });
    } finally {
      clearTimeout(timer);
    }
  }

  /** Stops waiting, at once. */
  cancel(): void {
    this.control.abort();
    this.enter({ kind: 'cancelled' });
  }

  /** Its owner is gone: as {@link cancel}, without telling. */
  dispose(): void {
    this.control.abort();
  }

  private enter(state: ReadState<T>): void {
    this.current = state;
    this.changed();
  }
}
