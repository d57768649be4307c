import { setMaxListeners } from 'node:events';
import { CancelledError, DiskwrightError, FailedError } from '../errors';
import { ByteWindow } from './byteWindow';
import { Command, REQUEST_HEADER_BYTES, REQUEST_MAGIC, WINDOW_BYTES } from './constants';
import { closedError, type ConnectionKind, requestError } from './errors';
import type { NbdExport } from './negotiate';
import { readReplies } from './replies';
import type { NbdExtent, NbdRequest } from './request';
import type { SocketReader } from './socketReader';

/** The upper half of every cookie; the lower half counts. */
const COOKIE_HIGH = 0x44574e42;
/** What a request costs of the window at least, which bounds their number. */
const MIN_COST = 4096;
const VERBS: Record<number, string> = {
  [Command.read]: 'read',
  [Command.write]: 'write',
  [Command.flush]: 'flush',
  [Command.trim]: 'discard',
  [Command.writeZeroes]: 'zero',
  [Command.blockStatus]: 'tell the allocation of',
};

/** One request as the client asks for it, already valid for the server. */
export interface Sending {
  command: number;
  flags?: number;
  offset: number;
  length: number;
  payload?: Buffer;
  destination?: Buffer;
  destinationStart?: number;
  signal?: AbortSignal;
}

/** The transmission phase of one connection: sends requests within the window and matches what comes back. */
export class Transmission {
  readonly closed: Promise<DiskwrightError>;
  private readonly pending = new Map<number, NbdRequest>();
  private readonly window = new ByteWindow(WINDOW_BYTES);
  private nextCookie = 0;
  private isGathering = false;
  private ended: DiskwrightError | null = null;
  private resolveClosed!: (error: DiskwrightError) => void;

  constructor(
    private readonly reader: SocketReader,
    agreed: NbdExport,
    private readonly device: string,
    private readonly kind: ConnectionKind,
  ) {
    this.closed = new Promise((resolve) => (this.resolveClosed = resolve));
    const { structuredReplies, allocationContext } = agreed;
    readReplies(reader, {
      structuredReplies,
      allocationContext,
      find: (high, low) => (high === COOKIE_HIGH ? (this.pending.get(low) ?? null) : null),
      finish: (cookie) => this.finish(cookie),
    }).catch((error: unknown) => this.end(error));
  }

  /** Resolves with the extents of a block status, otherwise with nothing. */
  send(sending: Sending): Promise<NbdExtent[] | null> {
    return new Promise((resolve, reject) => {
      if (this.ended) return reject(this.ended);
      const { signal } = sending;
      if (signal?.aborted) return reject(new CancelledError());
      let stopWaiting: (() => void) | null = null;
      const onAbort = (): void => {
        request.abandoned = true;
        // One that was not sent yet gives its place up; of one under way the answer is read and dropped.
        stopWaiting?.();
        reject(new CancelledError());
      };
      const request: NbdRequest = {
        command: sending.command,
        flags: sending.flags ?? 0,
        offset: sending.offset,
        length: sending.length,
        payload: sending.payload ?? null,
        destination: sending.destination ?? null,
        destinationStart: sending.destinationStart ?? 0,
        covered: 0,
        frontier: 0,
        cleared: false,
        extents: sending.command === Command.blockStatus ? [] : null,
        error: null,
        abandoned: false,
        settle: () => {
          signal?.removeEventListener('abort', onAbort);
          const error = this.outcome(request);
          if (error) reject(error);
          else resolve(request.extents);
        },
        fail: (error) => {
          signal?.removeEventListener('abort', onAbort);
          reject(error);
        },
      };
      if (signal) {
        // Many requests may wait for one signal; Node would warn of a leak at eleven.
        setMaxListeners(0, signal);
        signal.addEventListener('abort', onAbort, { once: true });
      }
      stopWaiting = this.window.acquire(cost(request), () => this.transmit(request));
    });
  }

  close(): void {
    if (this.ended) return;
    const { socket } = this.reader;
    socket.write(header(Command.disconnect, 0, 0, 0, 0));
    socket.destroySoon();
    this.end(closedError(this.kind, this.device, 'it was closed here'), false);
  }

  private transmit(request: NbdRequest): void {
    if (this.ended) {
      this.window.release(cost(request));
      return request.fail(this.ended);
    }
    const cookie = this.nextCookie;
    this.nextCookie = (this.nextCookie + 1) >>> 0;
    this.pending.set(cookie, request);
    const { socket } = this.reader;
    const head = header(request.command, request.flags, cookie, request.offset, request.length);
    this.gather();
    socket.write(head);
    if (request.payload) socket.write(request.payload);
  }

  /** What is sent in one turn of the event loop leaves by one call of the system: for small reads that is a good part of what they cost. */
  private gather(): void {
    if (this.isGathering) return;
    const { socket } = this.reader;
    this.isGathering = true;
    socket.cork();
    process.nextTick(() => {
      this.isGathering = false;
      socket.uncork();
    });
  }

  private finish(cookie: number): void {
    const request = this.pending.get(cookie)!;
    this.pending.delete(cookie);
    this.window.release(cost(request));
    request.settle();
  }

  private outcome(request: NbdRequest): DiskwrightError | null {
    if (request.error) {
      const { errno, message, offset } = request.error;
      const place = offset === null ? request : { offset, length: request.offset + request.length - offset };
      const verb = VERBS[request.command] ?? 'serve';
      return requestError(errno, {
        kind: this.kind,
        device: this.device,
        verb,
        offset: place.offset,
        length: place.length,
        message,
      });
    }
    if (request.destination && request.covered !== request.length) {
      return this.end(
        new FailedError(`${this.device}: the NBD server answered ${request.covered} of ${request.length} bytes`, {
          device: this.device,
        }),
      );
    }
    return null;
  }

  /** Ends the connection once; everything under way and everything later fails with the same error. */
  private end(reason: unknown, destroy = true): DiskwrightError {
    if (this.ended) return this.ended;
    const error = reason instanceof DiskwrightError ? reason : new FailedError(String(reason));
    this.ended = error.code === 'PeerGone' ? closedError(this.kind, this.device, error.message) : error;
    if (destroy) this.reader.socket.destroy();
    for (const request of this.pending.values()) {
      this.window.release(cost(request));
      request.fail(this.ended);
    }
    this.pending.clear();
    this.resolveClosed(this.ended);
    return this.ended;
  }
}

function cost(request: NbdRequest): number {
  const moved = request.command === Command.read || request.command === Command.write;
  return moved ? Math.max(request.length, MIN_COST) : MIN_COST;
}

/** u32 magic, u16 flags, u16 type, u64 cookie, u64 offset, u32 length. */
function header(command: number, flags: number, cookie: number, offset: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(REQUEST_HEADER_BYTES);
  bytes.writeUInt32BE(REQUEST_MAGIC, 0);
  bytes.writeUInt16BE(flags, 4);
  bytes.writeUInt16BE(command, 6);
  bytes.writeUInt32BE(COOKIE_HIGH, 8);
  bytes.writeUInt32BE(cookie, 12);
  bytes.writeUInt32BE(Math.floor(offset / 0x1_0000_0000), 16);
  bytes.writeUInt32BE(offset % 0x1_0000_0000, 20);
  bytes.writeUInt32BE(length, 24);
  return bytes;
}
