import { type NbdExportOptions, type NbdTransmission, nbdServer, type SocketReader } from '@diskwright/sdk/nbd';
import { setMaxListeners } from 'node:events';
import type { Socket } from 'node:net';
import { native } from '../native';
import type { DescriptorWindow } from '../nodes/blockNode';

const { answer, readRequest, refuse, ReplyWriter, validateRequest } = nbdServer;
type Negotiated = nbdServer.Negotiated;

/** Node keeps the descriptor of a socket in a handle that its types do not show. */
interface WithHandle {
  _handle: { fd: number; readStop(): void } | null;
}

/**
 * The transmission phase of a connection to a node whose bytes lie on one descriptor, served by native threads. They answer reads
 * that succeed; what else a client asks for is answered here, as it is for any other node.
 */
export class NativeTransmission implements NbdTransmission {
  private readonly server: InstanceType<typeof native.NbdReadServer>;
  private readonly ended = new AbortController();
  private revoked = false;

  private constructor(
    reader: SocketReader,
    descriptor: number,
    { offset }: DescriptorWindow,
    private readonly options: NbdExportOptions,
    private readonly negotiated: Negotiated,
  ) {
    // Every delegated request under way listens to it.
    setMaxListeners(0, this.ended.signal);
    const { socketFd, received } = takeOver(reader);
    this.server = new native.NbdReadServer({
      socketFd,
      fd: descriptor,
      offset,
      size: options.node.size,
      structuredReplies: negotiated.structuredReplies,
      received,
    });
    // The server has its own descriptor of the connection.
    reader.socket.destroy();
  }

  /**
   * Takes the connection over from the reader's socket, on which nothing is to be sent any more. The window is in use until the last
   * request has come back.
   * @throws DeviceGoneError when the node was disposed of; what starting threads throws
   */
  static start(
    reader: SocketReader,
    window: DescriptorWindow,
    options: NbdExportOptions,
    negotiated: Negotiated,
  ): Promise<NativeTransmission> {
    return new Promise((resolve, reject) => {
      const used = window.use(async (descriptor) => {
        const transmission = new NativeTransmission(reader, descriptor, window, options, negotiated);
        resolve(transmission);
        await transmission.server.idle;
      });
      used.catch(reject);
    });
  }

  /** Resolves when the connection has ended. */
  async run(): Promise<void> {
    for (;;) {
      const next = await this.server.next();
      if (!next) break;
      // Not awaited: the next request is answered meanwhile.
      void this.respond(next.id, next.header);
    }
    this.ended.abort();
    this.charge();
  }

  /** See `NbdServerConnection.revoke`. */
  revoke(): void {
    this.revoked = true;
    this.server.revoke();
  }

  /** Ends the connection at once. */
  destroy(): void {
    this.server.end();
  }

  /** Tells of what was read since it was told of last. */
  charge(): void {
    const reads = this.server.takeRead();
    if (reads.requests > 0) this.options.onRead?.(reads);
  }

  private async respond(id: number, header: Buffer): Promise<void> {
    const request = readRequest(header);
    const reply = new GatheredReply();
    const replies = new ReplyWriter(reply, this.negotiated);
    const limits: nbdServer.RequestLimits = {
      ...this.negotiated,
      size: this.options.node.size,
      readOnly: true,
      fastZero: false,
      revoked: this.revoked,
    };
    const errno = validateRequest(request, limits);
    if (errno !== 0) refuse(request, errno, this.revoked, replies, ignore);
    else await answer(request, null, this.options, replies, this.ended.signal, ignore);
    this.server.answer(id, Buffer.concat(reply.parts));
  }
}

class GatheredReply implements nbdServer.ReplySink {
  readonly parts: Buffer[] = [];

  write(bytes: Buffer): void {
    this.parts.push(bytes);
  }

  cork(): void {}

  uncork(): void {}
}

/** Stops Node from reading the socket; answers its descriptor, and what was received and not taken yet. */
function takeOver(reader: SocketReader): { socketFd: number; received: Buffer } {
  const { socket } = reader;
  const handle = (socket as Socket & WithHandle)._handle;
  if (!handle || handle.fd < 0) throw new Error('the connection has ended');
  handle.readStop();
  socket.pause();
  const received = [reader.release()];
  for (let rest: Buffer | null; (rest = socket.read() as Buffer | null);) received.push(rest);
  return { socketFd: handle.fd, received: Buffer.concat(received) };
}

function ignore(): void {}
