import type { Duplex } from 'node:stream';
import { AbstractMessageWriter, ErrorCodes, Message, type MessageWriter, ResponseError } from 'vscode-jsonrpc/node';
import { ErrorCode, FrameTooLargeError, InvalidInputError, PeerGoneError } from '../errors';
import { FrameQueue } from './frameQueue';
import type { RpcLimits } from './limits';

/**
 * A message writer with back-pressure. What the peer asked for waits for it: above `highWaterBytes` or `highWaterMessages` answers are held as they are, and made into
 * frames one after the other as the peer takes what is ahead of them. Requests and notifications of this end are written at once; whoever sends
 * many waits for {@link room}, or for the promise of {@link write}.
 *
 * A peer that reads is never given up, however slowly. `onError` fires with a {@link PeerGoneError} for one that takes nothing for
 * `stalledMilliseconds`, for one that goes on asking without reading (`heldMessages`), and when an end that waits for nothing has written
 * `bufferedBytes`. A frame beyond its limit is refused before a byte of it is sent; the connection lives on.
 */
export class BoundedMessageWriter extends AbstractMessageWriter implements MessageWriter {
  /** Why the last call of {@link write} refused its message; null when it did not. Set before `write` returns, but for held answers. */
  refusal: FrameTooLargeError | InvalidInputError | null = null;
  private readonly frames: FrameQueue;
  /** What waits for room: answers, and whoever asked for it. In order, one a turn of the event loop. */
  private readonly held: (() => void)[] = [];
  private turn: NodeJS.Immediate | null = null;

  constructor(
    stream: Duplex,
    private readonly limits: RpcLimits,
  ) {
    super();
    // The end of the stream is for the reader to tell, after the messages that came ahead of it.
    stream.on('error', (error: Error) => this.fireError(error));
    this.frames = new FrameQueue(stream, limits.stalledMilliseconds, {
      onTaken: () => this.admit(),
      onStalled: () => this.giveUp(`has taken nothing for ${limits.stalledMilliseconds / 1000} s: ${this.waitingWords()}`),
    });
  }

  /** Bytes that the stream has not taken yet. */
  get waitingBytes(): number {
    return this.frames.bytes;
  }

  /** Resolves when the stream has handed the bytes on, so that awaiting it is back-pressure. */
  write(message: Message): Promise<void> {
    this.refusal = null;
    if (!Message.isResponse(message) || this.hasRoom()) return this.send(message);
    const { length } = this.held;
    if (length >= this.limits.heldMessages)
      return Promise.reject(this.giveUp(`asks without reading the answers: ${length} of them wait for it`));
    return new Promise((resolve, reject) => this.held.push(() => void this.send(message).then(resolve, reject)));
  }

  /** Null when little waits for the peer; otherwise a promise that resolves when it is this caller's turn, or the connection has ended. */
  room(): Promise<void> | null {
    return this.hasRoom() ? null : new Promise((resolve) => this.held.push(resolve));
  }

  /** Hands on what is written, then ends the stream. */
  end(): void {
    this.frames.end();
  }

  /** Lets go of whoever waits; nothing is written any more. */
  override dispose(): void {
    super.dispose();
    if (this.turn) clearImmediate(this.turn);
    this.frames.dispose();
    for (const proceed of this.held.splice(0)) proceed();
  }

  /** Nobody waits for a connection that has ended: what is written to it fails at once. */
  private hasRoom(): boolean {
    return !this.frames.open || (this.held.length === 0 && !this.isHigh());
  }

  /** Whether so much waits for the peer that no more is to be added. */
  private isHigh(): boolean {
    const { highWaterBytes, highWaterMessages } = this.limits;
    return this.frames.bytes >= highWaterBytes || this.frames.count >= highWaterMessages;
  }

  private admit(): void {
    if (this.turn || this.held.length === 0 || this.isHigh()) return;
    this.held.shift()!();
    // Whoever was let in writes before the next one is.
    this.turn = setImmediate(() => {
      this.turn = null;
      this.admit();
    });
  }

  private send(message: Message): Promise<void> {
    let frame: Buffer;
    try {
      frame = encodeFrame(message, this.limits.frameBytes);
    } catch (error) {
      this.refusal = error as FrameTooLargeError | InvalidInputError;
      // The library answers the peer with this very error when it was a response that could not be sent.
      return Promise.reject(new ResponseError(ErrorCode[this.refusal.code], this.refusal.message));
    }
    if (!this.frames.open) return Promise.reject(new ResponseError(ErrorCodes.MessageWriteError, 'the connection is closed'));
    if (this.frames.bytes + frame.length > this.limits.bufferedBytes)
      return Promise.reject(this.giveUp(`does not read: ${this.waitingWords()}`));
    return this.frames.add(frame).catch((error: Error) => {
      throw new ResponseError(ErrorCodes.MessageWriteError, error.message);
    });
  }

  private waitingWords(): string {
    return `${this.frames.bytes} bytes wait for it`;
  }

  private giveUp(why: string): PeerGoneError {
    const error = new PeerGoneError(`the other end ${why}`);
    this.fireError(error);
    return error;
  }
}

function encodeFrame(message: Message, maximum: number): Buffer {
  let text: string;
  try {
    text = JSON.stringify(message);
  } catch (error) {
    throw new InvalidInputError(`a message cannot be written as JSON: ${(error as Error).message}`);
  }
  const length = Buffer.byteLength(text);
  if (length > maximum) {
    throw new FrameTooLargeError(
      `a message of ${length} bytes is larger than the ${maximum} bytes allowed; ask for pages, or pass a blob`,
    );
  }
  return Buffer.from(`Content-Length: ${length}\r\n\r\n${text}`);
}
