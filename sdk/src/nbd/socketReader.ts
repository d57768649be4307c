import type { Socket } from 'node:net';
import { PeerGoneError } from '../errors';

/** Beyond so many unread bytes the socket is paused, so that a peer which floods only fills its own send buffer. */
const PAUSE_BYTES = 1024 * 1024;

/**
 * Takes exact numbers of bytes off a socket. Received chunks are handed on without copying where a piece lies within one; memory stays bounded by
 * {@link PAUSE_BYTES} and the pieces asked for. One reader at a time; does not own the socket.
 */
export class SocketReader {
  private readonly chunks: Buffer[] = [];
  /** Bytes of the first chunk that were taken. */
  private taken = 0;
  private buffered = 0;
  private paused = false;
  private ended = false;
  private failure: Error | null = null;
  private wake: (() => void) | null = null;

  constructor(readonly socket: Socket) {
    socket.on('data', this.onData);
    socket.once('end', this.onEnd);
    socket.once('close', this.onEnd);
    socket.once('error', this.onError);
  }

  /** Received bytes that nobody has taken. */
  get available(): number {
    return this.buffered;
  }

  /** The next `length` bytes if they are here, otherwise null. Valid until changed by nobody: a view, not a copy, where it can be. */
  tryTake(length: number): Buffer | null {
    if (this.buffered < length) return null;
    const first = this.chunks[0];
    if (first && first.length - this.taken >= length) {
      const piece = first.subarray(this.taken, this.taken + length);
      this.advance(length);
      return piece;
    }
    const piece = Buffer.allocUnsafe(length);
    this.copyTo(piece, 0, length);
    return piece;
  }

  /**
   * The next `length` bytes; the caller has bounded `length`.
   * @throws PeerGoneError when the stream ends before
   */
  async take(length: number): Promise<Buffer> {
    let piece = this.tryTake(length);
    while (!piece) {
      await this.more();
      piece = this.tryTake(length);
    }
    return piece;
  }

  /** Fills `destination[start, start + length)`, copying once. @throws PeerGoneError when the stream ends before */
  async readInto(destination: Buffer, start: number, length: number): Promise<void> {
    let at = start;
    const end = start + length;
    while (at < end) {
      if (this.buffered === 0) await this.more();
      const count = Math.min(this.buffered, end - at);
      this.copyTo(destination, at, count);
      at += count;
    }
  }

  /** Whatever is here, at most `limit` bytes of it; null at the end of the stream. */
  async takeSome(limit: number): Promise<Buffer | null> {
    while (this.buffered === 0) {
      if (this.ended && !this.failure) return null;
      await this.more();
    }
    return this.tryTake(Math.min(limit, this.chunks[0]!.length - this.taken));
  }

  /** Throws away the next `length` bytes. @throws PeerGoneError when the stream ends before */
  async skip(length: number): Promise<void> {
    let left = length;
    while (left > 0) {
      if (this.buffered === 0) await this.more();
      const count = Math.min(left, this.chunks[0]!.length - this.taken);
      this.advance(count);
      left -= count;
    }
  }

  /** Stops listening; answers what was received and not taken. */
  release(): Buffer {
    const rest = this.tryTake(this.buffered)!;
    this.detach();
    return rest;
  }

  /** Stops listening; what was received and not taken is dropped. */
  detach(): void {
    this.socket.off('data', this.onData).off('end', this.onEnd).off('close', this.onEnd).off('error', this.onError);
    this.chunks.length = 0;
    this.buffered = 0;
  }

  private copyTo(destination: Buffer, start: number, length: number): void {
    let at = start;
    const end = start + length;
    while (at < end) {
      const count = this.chunks[0]!.copy(destination, at, this.taken, this.taken + end - at);
      this.advance(count);
      at += count;
    }
  }

  private advance(length: number): void {
    this.taken += length;
    this.buffered -= length;
    if (this.taken === this.chunks[0]!.length) {
      this.chunks.shift();
      this.taken = 0;
    }
    if (this.paused && this.buffered < PAUSE_BYTES) {
      this.paused = false;
      this.socket.resume();
    }
  }

  private more(): Promise<void> {
    if (this.ended) throw this.failure ?? new PeerGoneError('the connection ended');
    if (this.paused) {
      this.paused = false;
      this.socket.resume();
    }
    return new Promise((resolve) => (this.wake = resolve));
  }

  private signal(): void {
    const wake = this.wake;
    this.wake = null;
    wake?.();
  }

  private readonly onData = (chunk: Buffer): void => {
    this.chunks.push(chunk);
    this.buffered += chunk.length;
    if (this.wake) this.signal();
    else if (this.buffered >= PAUSE_BYTES) {
      this.paused = true;
      this.socket.pause();
    }
  };

  private readonly onEnd = (): void => {
    this.ended = true;
    this.signal();
  };

  private readonly onError = (error: Error): void => {
    this.failure ??= new PeerGoneError(`the connection broke: ${error.message}`);
    this.onEnd();
  };
}
