import { Duplex } from 'node:stream';

/** Two ends of a byte stream in memory; what is written to one is read at the other, as late as a socket would. */
export function duplexPair(): [Duplex, Duplex] {
  const first = new MemoryEnd();
  const second = new MemoryEnd();
  first.other = second;
  second.other = first;
  return [first, second];
}

class MemoryEnd extends Duplex {
  other: MemoryEnd | null = null;
  /** The other end's write that waits until this end is read. */
  private waiting: (() => void) | null = null;

  override _read(): void {
    const release = this.waiting;
    this.waiting = null;
    release?.();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: () => void): void {
    setImmediate(() => {
      if (!this.other || this.other.push(chunk)) callback();
      else this.other.waiting = callback;
    });
  }

  override _final(callback: () => void): void {
    setImmediate(() => this.other?.push(null));
    callback();
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    const { other } = this;
    this.other = null;
    if (other && !other.destroyed) setImmediate(() => other.push(null));
    callback(error);
  }
}
