import { ByteWindow } from '../byteWindow';
import * as nbd from '../constants';
import type { SocketReader } from '../socketReader';
import { FailedError } from '../../errors';
import { setMaxListeners } from 'node:events';
import { answer, refuse } from './commands';
import type { NbdExportOptions, NbdTransmission } from './exportDescription';
import { handshake, type Negotiated } from './handshake';
import { ReplyWriter } from './replyWriter';
import { type NbdServerRequest, readRequest, type RequestLimits, validateRequest } from './request';

const HANDSHAKE_MILLISECONDS = 10_000;
/** After the last reply a revoked client has so long to close its side. */
const GOODBYE_MILLISECONDS = 500;
/** Requests that a hung device does not answer are given up after so long. */
const DRAIN_MILLISECONDS = 5_000;
const MIN_COST = 4096;

/**
 * Serves a node on one connected socket, which it owns from then on: newstyle, structured replies, `base:allocation`. At most 16
 * MiB of reads and writes are under way; beyond that the socket is not read. Every request is validated before a node sees it.
 */
export class NbdServerConnection {
  /** Resolves when the connection has ended and nothing of it is under way in the node any more. Never rejects. */
  readonly closed: Promise<void>;
  private readonly reader: SocketReader;
  private readonly window = new ByteWindow(nbd.WINDOW_BYTES);
  private readonly aborted = new AbortController();
  private inFlight = 0;
  private onIdle: (() => void) | null = null;
  private revoked = false;
  private transmitting = false;
  private elsewhere: NbdTransmission | null = null;

  /** `reader` when something of the connection was read before the handshake. */
  constructor(
    reader: SocketReader,
    private readonly options: NbdExportOptions,
  ) {
    this.reader = reader;
    // Every request under way listens to it.
    setMaxListeners(0, this.aborted.signal);
    // A broken socket shows as the end of the stream; without a listener it would end the process.
    reader.socket.on('error', () => undefined);
    reader.socket.once('close', () => this.aborted.abort());
    this.closed = this.run();
  }

  /**
   * Takes the right away: requests under way are answered, later ones get ESHUTDOWN, then the connection is closed. Resolves when
   * it is closed, after five seconds at the latest.
   */
  revoke(): Promise<void> {
    this.revoked = true;
    if (this.elsewhere) this.elsewhere.revoke();
    else if (!this.transmitting) this.reader.socket.destroy();
    else if (this.inFlight === 0) this.sayGoodbye();
    this.destroyAfter(DRAIN_MILLISECONDS);
    return this.closed;
  }

  /** Tells `onRead` of all reads up to now. */
  charge(): void {
    this.elsewhere?.charge();
  }

  private async run(): Promise<void> {
    const { socket } = this.reader;
    try {
      const negotiated = await this.handshakeInTime();
      if (negotiated && this.options.transmit) await this.transmitElsewhere(negotiated);
      else if (negotiated && !this.revoked) await this.transmit(negotiated);
    } catch {
      // Whatever a client does wrong, or a broken socket, ends this connection and nothing else.
    }
    if (this.inFlight > 0) await new Promise<void>((resolve) => (this.onIdle = resolve));
    socket.destroySoon();
    if (!socket.destroyed) await new Promise<void>((resolve) => socket.once('close', () => resolve()));
  }

  private async handshakeInTime(): Promise<Negotiated | null> {
    const timer = setTimeout(() => this.reader.socket.destroy(), HANDSHAKE_MILLISECONDS);
    try {
      return await handshake(this.reader, this.options);
    } finally {
      clearTimeout(timer);
    }
  }

  private async transmitElsewhere(negotiated: Negotiated): Promise<void> {
    const { reader, options } = this;
    // What the handshake has written goes out first.
    await new Promise((resolve) => reader.socket.write('', resolve));
    if (this.revoked) return;
    this.elsewhere = await options.transmit!(reader, negotiated);
    if (this.revoked) this.elsewhere.revoke();
    await this.elsewhere.run();
  }

  /** Until NBD_CMD_DISC or the end of the stream. */
  private async transmit(negotiated: Negotiated): Promise<void> {
    this.transmitting = true;
    const { reader } = this;
    const replies = new ReplyWriter(reader.socket, negotiated);
    const limits: RequestLimits = {
      ...negotiated,
      size: this.options.node.size,
      readOnly: !this.options.writable,
      fastZero: this.options.fastZero ?? false,
      revoked: false,
    };
    // What a client that is gone has asked for is not done any more.
    while (!reader.socket.destroyed) {
      const header = reader.tryTake(nbd.REQUEST_HEADER_BYTES) ?? (await reader.take(nbd.REQUEST_HEADER_BYTES));
      const request = readRequest(header);
      if (request.command === nbd.Command.disconnect) return;
      limits.revoked = this.revoked;
      const errno = validateRequest(request, limits);
      if (errno !== 0) await this.refuse(request, errno, replies);
      else await this.accept(request, replies);
    }
  }

  private async refuse(request: NbdServerRequest, errno: number, replies: ReplyWriter): Promise<void> {
    if (request.command === nbd.Command.write) await this.reader.skip(bounded(request.length));
    const release = await this.take(MIN_COST);
    refuse(request, errno, this.revoked, replies, release);
  }

  private async accept(request: NbdServerRequest, replies: ReplyWriter): Promise<void> {
    const { command, length } = request;
    const moves = command === nbd.Command.read || command === nbd.Command.write;
    if (command === nbd.Command.read) {
      const { offset } = request;
      this.options.onRead?.({ ranges: [{ offset, length }], bytes: length, requests: 1, rounded: false });
    }
    const release = await this.take(moves ? Math.max(bounded(length), MIN_COST) : MIN_COST);
    let payload: Buffer | null = null;
    if (command === nbd.Command.write) {
      payload = Buffer.allocUnsafe(length);
      try {
        await this.reader.readInto(payload, 0, length);
      } catch (error) {
        release();
        throw error;
      }
    }
    // Not awaited: the next request is read meanwhile.
    void answer(request, payload, this.options, replies, this.aborted.signal, release);
  }

  /** Waits for room in the window; the answer, called once the reply is written, gives it back. */
  private take(cost: number): Promise<() => void> {
    return new Promise((resolve) => {
      this.inFlight++;
      this.window.acquire(cost, () =>
        resolve(() => {
          this.window.release(cost);
          this.inFlight--;
          if (this.inFlight > 0) return;
          this.onIdle?.();
          if (this.revoked) this.sayGoodbye();
        }),
      );
    });
  }

  private sayGoodbye(): void {
    this.reader.socket.end();
    this.destroyAfter(GOODBYE_MILLISECONDS);
  }

  private destroyAfter(milliseconds: number): void {
    const destroy = (): void => {
      this.elsewhere?.destroy();
      this.reader.socket.destroy();
    };
    setTimeout(destroy, milliseconds).unref();
  }
}

/** @throws FailedError for a payload that nobody may send; the connection ends, since what follows cannot be told apart */
function bounded(length: number): number {
  if (length > nbd.MAX_REQUEST_BYTES) throw new FailedError(`the NBD client sends ${length} bytes in one request`);
  return length;
}
