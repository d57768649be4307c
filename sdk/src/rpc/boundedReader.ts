import type { Duplex } from 'node:stream';
import { AbstractMessageReader, type DataCallback, type Disposable, type MessageReader } from 'vscode-jsonrpc/node';
import { FrameDecoder } from './frameDecoder';
import { FailedError } from '../errors';
import type { RpcLimits } from './limits';
import { MessageRate } from './messageRate';
import { looksLikeRequest, parseMessage } from './messageShape';

/**
 * A message reader that a hostile peer cannot make grow. vscode-jsonrpc queues without a limit what its reader hands it, so this one hands over
 * one message a turn of the event loop and keeps the queue itself, as undecoded bodies: at `queuedMessages` or `queuedBytes` the stream is
 * paused until half of them are gone. Malformed input, and more messages than the limits allow, fire `onError` once, and nothing after it is read.
 */
export class BoundedMessageReader extends AbstractMessageReader implements MessageReader {
  /** What has come, and what more may come. */
  readonly rate: MessageRate;
  private readonly decoder: FrameDecoder;
  private readonly queue: { body: Buffer; asks: boolean }[] = [];
  private queuedBytes = 0;
  /** Messages in the queue that look like requests. */
  queuedRequests = 0;
  private callback: DataCallback | null = null;
  private turn: NodeJS.Immediate | null = null;
  private paused = false;
  private ended = false;
  private stopped = false;
  /** What is wrong with the stream behind the messages in the queue. */
  private damage: Error | null = null;

  constructor(
    private readonly stream: Duplex,
    private readonly limits: RpcLimits,
  ) {
    super();
    this.decoder = new FrameDecoder(limits);
    this.rate = new MessageRate(limits.messagesPerSecond);
  }

  listen(callback: DataCallback): Disposable {
    this.callback = callback;
    const onData = (chunk: Buffer) => this.receive(chunk);
    const onEnd = () => {
      this.ended = true;
      this.deliverNext();
    };
    const onError = (error: Error) => this.fail(error);
    this.stream.on('data', onData).on('end', onEnd).on('close', onEnd).on('error', onError);
    return {
      dispose: () => {
        this.stop();
        // The error listener stays: a stream that is being closed may still fail, and must not throw for that.
        this.stream.off('data', onData).off('end', onEnd).off('close', onEnd);
      },
    };
  }

  override dispose(): void {
    this.stop();
    super.dispose();
  }

  private receive(chunk: Buffer): void {
    if (this.stopped || this.damage) return;
    this.decoder.push(chunk);
    this.fill();
    this.deliverNext();
  }

  /** Moves complete frames to the queue as far as its bounds allow. */
  private fill(): void {
    try {
      while (!this.full()) {
        const body = this.decoder.next();
        if (!body) break;
        if (!this.rate.take())
          throw new FailedError(`more than the ${this.limits.messagesPerSecond} messages a second allowed were sent`);
        const asks = looksLikeRequest(body);
        this.queue.push({ body, asks });
        this.queuedBytes += body.length;
        if (asks) this.queuedRequests++;
      }
    } catch (error) {
      // What came whole before the damage is still handed over; the rest of the stream is not.
      this.damage = error as Error;
    }
    if (this.full() && !this.paused) {
      this.paused = true;
      this.stream.pause();
    }
  }

  private full(): boolean {
    return this.queue.length >= this.limits.queuedMessages || this.queuedBytes >= this.limits.queuedBytes;
  }

  private deliverNext(): void {
    if (this.turn || this.stopped) return;
    const next = this.queue.shift();
    if (!next) {
      this.settle();
      return;
    }
    const { body, asks } = next;
    this.queuedBytes -= body.length;
    if (asks) this.queuedRequests--;
    try {
      this.callback?.(parseMessage(body));
    } catch (error) {
      this.fail(error as Error);
      return;
    }
    // Scheduled after the library has scheduled its own handling, so that this message is handled before the next one is handed over.
    this.turn = setImmediate(() => {
      this.turn = null;
      this.refill();
      this.deliverNext();
    });
  }

  private refill(): void {
    if (!this.paused || this.queue.length > this.limits.queuedMessages / 2 || this.queuedBytes > this.limits.queuedBytes / 2)
      return;
    this.paused = false;
    this.fill();
    if (!this.paused && !this.stopped) this.stream.resume();
  }

  /** The queue is empty: what ended the stream may show now, not before the messages that came ahead of it. */
  private settle(): void {
    if (this.damage) this.fail(this.damage);
    else if (this.ended && !this.paused) {
      this.stop();
      this.fireClose();
    }
  }

  private fail(error: Error): void {
    if (this.stopped) return;
    this.stop();
    this.fireError(error);
  }

  private stop(): void {
    this.stopped = true;
    this.queue.length = 0;
    this.queuedBytes = 0;
    this.queuedRequests = 0;
    if (this.turn) clearImmediate(this.turn);
    this.turn = null;
  }
}
