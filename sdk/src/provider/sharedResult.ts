/**
 * Something that is worked out once for all who ask for it, when the first does. Who cancels ends the work for nobody else: it is begun again for the next.
 * For what an open volume keeps, which a lease guards against change.
 */
export class SharedResult<T> {
  private running: Promise<T> | undefined;

  constructor(private readonly make: (signal: AbortSignal) => Promise<T>) {}

  /** @throws what `make` throws; the next call tries again */
  async get(signal: AbortSignal): Promise<T> {
    const others = this.running;
    const running = others ?? (this.running = this.make(signal));
    try {
      return await running;
    } catch (error) {
      if (this.running === running) this.running = undefined;
      // It was another caller's, who may have cancelled it.
      if (others !== undefined && !signal.aborted) return this.get(signal);
      throw error;
    }
  }
}
