import { CapabilityDeniedError, InvalidInputError } from '@diskwright/sdk/errors';
import { createPeer, type Peer, type PeerHandlers } from '@diskwright/sdk/rpc';
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Socket } from 'node:net';
import { type ServiceParams, type ServiceProtocol, type ServiceResult, serviceMessages } from '../../common/index';
import { listenUnix, type UnixListener } from '../listenUnix';
import { peerUser } from '../peerUser';

/** Who connects and says nothing for so long is sent away. */
const HELLO_MILLISECONDS = 10_000;
const MAX_STRANGERS = 8;
/** After so many wrong secrets nobody is listened to any more. */
const MAX_WRONG_SECRETS = 5;

export interface ControlServerOptions {
  socketPath: string;
  secret: string;
  /** The user that may connect. */
  user: number;
  hello(): ServiceResult<'hello'>;
  handlers: PeerHandlers<ServiceProtocol>;
  /** The one control connection has ended, or none can ever come. */
  onEnded(): void;
}

/**
 * Takes one control connection in its life: by a user who may, who knows the secret. From then on it does not listen any more.
 * Until then a connection can say `hello` and nothing else.
 */
export class ControlServer {
  /** The proven connection; null before and after. */
  peer: Peer<ServiceProtocol> | null = null;
  private readonly strangers = new Set<Socket>();
  private readonly secretHash: Buffer;
  private listener: UnixListener | null = null;
  private wrongSecrets = 0;
  private ended = false;

  private constructor(private readonly options: ControlServerOptions) {
    this.secretHash = hashOf(options.secret);
  }

  static async listen(options: ControlServerOptions): Promise<ControlServer> {
    const server = new ControlServer(options);
    server.listener = await listenUnix(options.socketPath, (socket) => server.meet(socket), options.user);
    return server;
  }

  /** True once the control connection came; afterwards nobody else can connect. */
  get taken(): boolean {
    return this.peer !== null;
  }

  async close(): Promise<void> {
    await this.stopListening();
    this.peer?.close();
  }

  private meet(socket: Socket): void {
    const user = peerUser(socket);
    const welcome = user === this.options.user && !this.peer && this.strangers.size < MAX_STRANGERS;
    if (!welcome) {
      socket.destroy();
      return;
    }
    this.strangers.add(socket);
    const timer = setTimeout(() => socket.destroy(), HELLO_MILLISECONDS);
    let proven = false;
    const peer: Peer<ServiceProtocol> = createPeer<ServiceProtocol>({
      stream: socket,
      table: serviceMessages,
      side: 'host',
      name: 'the host',
      handlers: {
        ...this.options.handlers,
        hello: (params) => {
          this.checkSecret(params, proven, peer);
          proven = true;
          clearTimeout(timer);
          this.accept(socket, peer);
          return this.options.hello();
        },
      },
      gate: ({ method }) => {
        if (!proven && method !== 'hello') throw new CapabilityDeniedError(`say hello before ${method}`);
      },
      onClose: () => {
        clearTimeout(timer);
        this.strangers.delete(socket);
        if (this.peer === peer) this.end();
      },
    });
    // Connections are accepted paused.
    socket.resume();
  }

  private checkSecret({ secret }: ServiceParams<'hello'>, proven: boolean, peer: Peer<ServiceProtocol>): void {
    if (proven) throw new InvalidInputError('hello was said already');
    const right = timingSafeEqual(hashOf(secret), this.secretHash);
    if (right && !this.peer) return;
    this.wrongSecrets++;
    // After the answer has left.
    setImmediate(() => {
      peer.close();
      if (this.wrongSecrets >= MAX_WRONG_SECRETS && !this.peer) this.end();
    });
    throw new CapabilityDeniedError('the secret is wrong');
  }

  private accept(socket: Socket, peer: Peer<ServiceProtocol>): void {
    this.peer = peer;
    this.strangers.delete(socket);
    for (const stranger of this.strangers) stranger.destroy();
    void this.stopListening();
  }

  private end(): void {
    if (this.ended) return;
    this.ended = true;
    void this.stopListening();
    this.options.onEnded();
  }

  private async stopListening(): Promise<void> {
    for (const stranger of this.strangers) stranger.destroy();
    await this.listener?.close();
  }
}

/** Of equal length whatever the text is, as the comparison needs it. */
function hashOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
