import type { Socket } from 'node:net';
import type { BlockSource } from '../block/blockSource';
import { checkRange } from '../block/checkRange';
import { CancelledError, DiskwrightError, FailedError, NotSupportedError, RefusedError } from '../errors';
import { connectSocket } from './connectSocket';
import { Command, CommandFlag, ExportFlag } from './constants';
import { closedError, type ConnectionKind } from './errors';
import { negotiate, type NbdExport } from './negotiate';
import type { NbdExtent } from './request';
import { SocketReader } from './socketReader';
import { Transmission } from './transmission';
import { parseNbdUri } from './uri';

export interface NbdClientOptions {
  /** Name of the export; of a URI, its own. Default: the empty name. */
  exportName?: string;
  /** `lease`: a closed connection means LeaseRevokedError; `device` (default): DeviceGoneError. */
  kind?: ConnectionKind;
  /** The device's name in messages. */
  device?: string;
  /** Overrules the sector size, which otherwise is 4096 when the server's minimum block is, else 512. */
  sectorSize?: 512 | 4096;
  /** Ends the handshake after so many milliseconds (10 000). */
  handshakeTimeout?: number;
  /** Cancels connecting and the handshake. */
  signal?: AbortSignal;
}

/** A run of reads or writes is sent as requests of at most so many bytes, so that several are under way. */
const PIECE_BYTES = 4 * 1024 * 1024;
/** The protocol's lengths are 32 bits; block status, trim and zeroes go in pieces of at most 2 GiB. */
const LARGE_PIECE_BYTES = 2 ** 31;

/**
 * An NBD client (newstyle, structured replies where the server has them). Reads and writes of any size and alignment are cut into requests that are pipelined within
 * a window of 16 MiB. Owns its socket. Everything fails with LeaseRevokedError or DeviceGoneError once the connection ended.
 */
export class NbdClient implements BlockSource {
  readonly size: number;
  readonly sectorSize: 512 | 4096;
  readonly readOnly: boolean;
  /** Bytes: every request is aligned to `minimum`; what is asked for need not be. */
  readonly blockSize: Readonly<NbdExport['blockSize']>;
  /** Resolves when the connection has ended, with the reason. */
  readonly closed: Promise<DiskwrightError>;
  /** Writes that read a block before they change it must not overtake each other. */
  private changingBlocks: Promise<unknown> = Promise.resolve();

  private constructor(
    readonly device: string,
    private readonly agreed: NbdExport,
    private readonly transmission: Transmission,
    sectorSize?: 512 | 4096,
  ) {
    this.size = agreed.size;
    this.blockSize = agreed.blockSize;
    this.sectorSize = sectorSize ?? (agreed.blockSize.minimum === 4096 ? 4096 : 512);
    this.readOnly = (agreed.flags & ExportFlag.readOnly) !== 0;
    this.closed = transmission.closed;
  }

  /**
   * Connects to an NBD URI, or takes over a connected socket or its reader (and destroys it when the handshake fails).
   * @throws DeviceGoneError, InvalidInputError, NotSupportedError, FailedError, CancelledError
   */
  static async connect(target: Socket | SocketReader | string, options: NbdClientOptions = {}): Promise<NbdClient> {
    const address = typeof target === 'string' ? parseNbdUri(target) : null;
    const device = options.device ?? (typeof target === 'string' ? target : 'the NBD export');
    const reader =
      target instanceof SocketReader
        ? target
        : new SocketReader(address ? await connectSocket(address.connect, device, options.signal) : (target as Socket));
    const { socket } = reader;
    let stopped: DiskwrightError | null = null;
    const stop = (error: DiskwrightError): void => {
      stopped ??= error;
      socket.destroy();
    };
    const milliseconds = options.handshakeTimeout ?? 10_000;
    const timer = setTimeout(
      () => stop(new FailedError(`${device}: no NBD handshake within ${milliseconds} ms`, { device })),
      milliseconds,
    );
    const onAbort = (): void => stop(new CancelledError());
    options.signal?.addEventListener('abort', onAbort, { once: true });
    try {
      options.signal?.throwIfAborted();
      const agreed = await negotiate(reader, options.exportName ?? address?.exportName ?? '');
      return new NbdClient(
        device,
        agreed,
        new Transmission(reader, agreed, device, options.kind ?? 'device'),
        options.sectorSize,
      );
    } catch (error) {
      socket.destroy();
      if (options.signal?.aborted) throw new CancelledError();
      throw stopped ?? handshakeError(error, options.kind ?? 'device', device);
    } finally {
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', onAbort);
    }
  }

  read(offset: number, length: number, signal?: AbortSignal): Promise<Buffer> {
    try {
      checkRange(offset, length, this.size, this.device);
    } catch (error) {
      return Promise.reject(error);
    }
    const { minimum } = this.blockSize;
    if (minimum === 1 || (offset % minimum === 0 && length % minimum === 0)) return this.readAligned(offset, length, signal);
    const start = offset - (offset % minimum);
    const end = Math.min(Math.ceil((offset + length) / minimum) * minimum, this.size);
    return this.readAligned(start, end - start, signal).then((bytes) => bytes.subarray(offset - start, offset - start + length));
  }

  async readInto(offset: number, destination: Buffer, signal?: AbortSignal): Promise<void> {
    checkRange(offset, destination.length, this.size, this.device);
    const { minimum } = this.blockSize;
    if (offset % minimum === 0 && destination.length % minimum === 0) await this.fill(offset, destination, signal);
    else (await this.read(offset, destination.length, signal)).copy(destination);
  }

  /** @throws RefusedError on a read-only export, MediaError, FailedError when the server has no space */
  async write(offset: number, bytes: Buffer, options: { fua?: boolean; signal?: AbortSignal } = {}): Promise<void> {
    this.checkChange(offset, bytes.length, 'write');
    const { minimum } = this.blockSize;
    if (minimum === 1 || (offset % minimum === 0 && bytes.length % minimum === 0))
      return this.writeAligned(offset, bytes, options);
    const start = offset - (offset % minimum);
    const end = Math.min(Math.ceil((offset + bytes.length) / minimum) * minimum, this.size);
    await this.alone(async () => {
      const blocks = await this.readAligned(start, end - start, options.signal);
      bytes.copy(blocks, offset - start);
      await this.writeAligned(start, blocks, options);
    });
  }

  /** Makes the range read as zeros; without `noHole` the server may give its storage back. Writes zeros where the server has no such command. */
  async zero(
    offset: number,
    length: number,
    options: { noHole?: boolean; fua?: boolean; signal?: AbortSignal } = {},
  ): Promise<void> {
    this.checkChange(offset, length, 'zero');
    const { minimum } = this.blockSize;
    const start = Math.min(Math.ceil(offset / minimum) * minimum, offset + length);
    const end = Math.max(offset + length - ((offset + length) % minimum), start);
    const able = this.can('writeZeroes') && end > start;
    if (!able) return this.writeZeros(offset, length, options);
    await this.writeZeros(offset, start - offset, options);
    await this.change(
      Command.writeZeroes,
      start,
      end - start,
      this.fuaFlag(options) | (options.noHole ? CommandFlag.noHole : 0),
      options.signal,
    );
    await this.writeZeros(end, offset + length - end, options);
    if (options.fua && !this.can('fua')) await this.flush(options.signal);
  }

  /** Tells the server that the range no longer matters, whole blocks of it; nothing where it has no such command. */
  async trim(offset: number, length: number, options: { fua?: boolean; signal?: AbortSignal } = {}): Promise<void> {
    this.checkChange(offset, length, 'discard');
    const { minimum } = this.blockSize;
    const start = Math.ceil(offset / minimum) * minimum;
    const end = offset + length - ((offset + length) % minimum);
    if (!this.can('trim') || end <= start) return;
    await this.change(Command.trim, start, end - start, this.fuaFlag(options), options.signal);
    if (options.fua && !this.can('fua')) await this.flush(options.signal);
  }

  /** All completed writes are on the server's medium when it resolves; at once where the server has nothing to flush. */
  async flush(signal?: AbortSignal): Promise<void> {
    if (this.can('flush')) await this.transmission.send({ command: Command.flush, offset: 0, length: 0, signal });
  }

  /**
   * Allocation of the range, in order, without gaps; may answer less than asked (at least one run). A server that does not tell: one run of data.
   */
  async blockStatus(offset: number, length: number, signal?: AbortSignal): Promise<NbdExtent[]> {
    checkRange(offset, length, this.size, this.device);
    if (length === 0) return [];
    if (this.agreed.allocationContext === null) return [{ offset, length, hole: false, zero: false }];
    const { minimum } = this.blockSize;
    const start = offset - (offset % minimum);
    const end = Math.min(Math.ceil((offset + length) / minimum) * minimum, this.size, start + LARGE_PIECE_BYTES);
    const extents = await this.transmission.send({ command: Command.blockStatus, offset: start, length: end - start, signal });
    return cut(extents ?? [], offset, offset + length);
  }

  /** Sends NBD_CMD_DISC and ends the connection; requests under way fail. Idempotent. */
  close(): void {
    this.transmission.close();
  }

  private async readAligned(offset: number, length: number, signal?: AbortSignal): Promise<Buffer> {
    const destination = Buffer.allocUnsafe(length);
    await this.fill(offset, destination, signal);
    return destination;
  }

  private async fill(offset: number, destination: Buffer, signal?: AbortSignal): Promise<void> {
    const { length } = destination;
    const piece = Math.min(PIECE_BYTES, this.blockSize.maximum);
    if (length <= piece) {
      if (length > 0) await this.transmission.send({ command: Command.read, offset, length, destination, signal });
      return;
    }
    await this.inPieces(offset, length, piece, (at, count) =>
      this.transmission.send({
        command: Command.read,
        offset: at,
        length: count,
        destination,
        destinationStart: at - offset,
        signal,
      }),
    );
  }

  private async writeAligned(offset: number, bytes: Buffer, options: { fua?: boolean; signal?: AbortSignal }): Promise<void> {
    const flags = this.fuaFlag(options);
    await this.inPieces(offset, bytes.length, Math.min(PIECE_BYTES, this.blockSize.maximum), (at, count) => {
      const payload = bytes.subarray(at - offset, at - offset + count);
      return this.transmission.send({
        command: Command.write,
        flags,
        offset: at,
        length: count,
        payload,
        signal: options.signal,
      });
    });
    if (options.fua && !this.can('fua')) await this.flush(options.signal);
  }

  private async writeZeros(offset: number, length: number, options: { fua?: boolean; signal?: AbortSignal }): Promise<void> {
    for (let at = 0; at < length; at += PIECE_BYTES) {
      await this.write(offset + at, Buffer.alloc(Math.min(PIECE_BYTES, length - at)), options);
    }
  }

  private async change(command: number, offset: number, length: number, flags: number, signal?: AbortSignal): Promise<void> {
    await this.inPieces(offset, length, LARGE_PIECE_BYTES, (at, count) =>
      this.transmission.send({ command, flags, offset: at, length: count, signal }),
    );
  }

  /** Starts all pieces, which wait for the window; the first failure (in order of offset) is the result, once all have ended. */
  private async inPieces(
    offset: number,
    length: number,
    piece: number,
    send: (offset: number, length: number) => Promise<unknown>,
  ): Promise<void> {
    const pieces: Promise<unknown>[] = [];
    for (let at = 0; at < length; at += piece) pieces.push(send(offset + at, Math.min(piece, length - at)));
    const failed = (await Promise.allSettled(pieces)).find((result) => result.status === 'rejected');
    if (failed) throw failed.reason;
  }

  private alone<T>(action: () => Promise<T>): Promise<T> {
    const result = this.changingBlocks.then(action);
    this.changingBlocks = result.catch(() => undefined);
    return result;
  }

  private checkChange(offset: number, length: number, verb: string): void {
    checkRange(offset, length, this.size, this.device);
    if (this.readOnly)
      throw new RefusedError(`${this.device} is a read-only NBD export: cannot ${verb}`, { device: this.device, offset, length });
  }

  private can(what: keyof typeof ExportFlag): boolean {
    return (this.agreed.flags & ExportFlag[what]) !== 0;
  }

  private fuaFlag(options: { fua?: boolean }): number {
    return options.fua && this.can('fua') ? CommandFlag.fua : 0;
  }
}

function cut(extents: NbdExtent[], start: number, end: number): NbdExtent[] {
  return extents
    .map((extent) => {
      const from = Math.max(extent.offset, start);
      return { ...extent, offset: from, length: Math.min(extent.offset + extent.length, end) - from };
    })
    .filter((extent) => extent.length > 0);
}

function handshakeError(error: unknown, kind: ConnectionKind, device: string): DiskwrightError {
  if (!(error instanceof DiskwrightError))
    return new FailedError(`${device}: ${error instanceof Error ? error.message : String(error)}`, { device });
  if (error.code === 'PeerGone') return closedError(kind, device, `${error.message} during the handshake`);
  const detail = { ...error.detail, device };
  return error instanceof NotSupportedError ? new NotSupportedError(`${device}: ${error.message}`, detail) : error;
}
