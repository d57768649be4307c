import type { Duplex } from 'node:stream';

/** So much is given to the stream at once: small enough that a slow peer is seen to take something. */
const PIECE_BYTES = 64 * 1024;
/** A stalled time is looked at in so many steps, so that a process that was itself suspended does not take its own pause for the peer's. */
const STEPS = 8;

interface Waiting {
  bytes: Buffer;
  resolve(): void;
  reject(error: Error): void;
}

export interface FrameQueueEvents {
  /** The peer has taken something. */
  onTaken(): void;
  /** It has taken nothing for the whole time, although something waits. */
  onStalled(): void;
}

/** Frames on their way into a stream, a piece at a time, so that is known what waits and whether it goes on. */
export class FrameQueue {
  /** That the stream has not taken yet. */
  bytes = 0;
  /** Frames of which the stream has not taken all. */
  count = 0;
  private readonly queue: Waiting[] = [];
  private writing = false;
  private ended = false;
  private idleSteps = 0;
  private timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly stream: Duplex,
    private readonly stalledMilliseconds: number,
    private readonly events: FrameQueueEvents,
  ) {}

  get open(): boolean {
    return !this.ended && this.stream.writable;
  }

  /** Resolves when the stream has taken all of it. */
  add(frame: Buffer): Promise<void> {
    this.bytes += frame.length;
    this.count++;
    return new Promise((resolve, reject) => {
      this.queue.push({ bytes: frame, resolve, reject });
      this.timer ??= this.watch();
      if (!this.writing) this.writePiece();
    });
  }

  /** Ends the stream once everything is handed on. */
  end(): void {
    this.ended = true;
    if (!this.writing) this.stream.end();
  }

  dispose(): void {
    this.ended = true;
    if (this.timer) clearInterval(this.timer);
  }

  private writePiece(): void {
    this.writing = true;
    const { piece, whole } = this.take();
    this.stream.write(piece, (error) => {
      this.writing = false;
      this.bytes -= piece.length;
      this.count -= whole.length;
      this.idleSteps = 0;
      for (const { resolve, reject } of whole)
        if (error) reject(error);
        else resolve();
      if (error) this.fail(error);
      else if (this.queue.length > 0) this.writePiece();
      else if (this.ended) this.stream.end();
      this.events.onTaken();
    });
  }

  /** The next bytes: several small frames, or a part of a large one; and the frames that end with them. */
  private take(): { piece: Buffer; whole: Waiting[] } {
    const parts: Buffer[] = [];
    const whole: Waiting[] = [];
    for (let free = PIECE_BYTES; free > 0 && this.queue.length > 0;) {
      const first = this.queue[0]!;
      const part = first.bytes.subarray(0, free);
      parts.push(part);
      free -= part.length;
      first.bytes = first.bytes.subarray(part.length);
      if (first.bytes.length === 0) whole.push(this.queue.shift()!);
    }
    return { piece: parts.length === 1 ? parts[0]! : Buffer.concat(parts), whole };
  }

  private fail(error: Error): void {
    for (const { bytes, reject } of this.queue.splice(0)) {
      this.bytes -= bytes.length;
      this.count--;
      reject(error);
    }
  }

  private watch(): NodeJS.Timeout {
    this.idleSteps = 0;
    return setInterval(() => {
      if (this.bytes === 0) {
        clearInterval(this.timer!);
        this.timer = null;
      } else if (++this.idleSteps === STEPS) this.events.onStalled();
    }, this.stalledMilliseconds / STEPS).unref();
  }
}
