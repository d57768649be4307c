/** What ends something that was begun, such as listening. */
export interface Disposable {
  dispose(): void;
}

/** Those who want to be told of something. One that throws does not keep the others from being told. */
export class Listeners<T = void> {
  private readonly all = new Set<(value: T) => void>();

  add(listener: (value: T) => void): Disposable {
    this.all.add(listener);
    return { dispose: () => void this.all.delete(listener) };
  }

  tell(value: T): void {
    for (const listener of [...this.all]) {
      try {
        listener(value);
      } catch (error) {
        process.emitWarning(error instanceof Error ? error : String(error));
      }
    }
  }
}
