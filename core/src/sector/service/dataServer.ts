import { SocketReader } from '@diskwright/sdk/nbd';
import type { Socket } from 'node:net';
import type { Tokens } from '../leases/tokens';
import { listenUnix, type UnixListener } from '../listenUnix';
import { peerUser } from '../peerUser';

const TOKEN_MILLISECONDS = 5_000;
const MAX_TOKEN_BYTES = 128;
const MAX_STRANGERS = 64;
const NEWLINE = 0x0a;

/** What a token's connection is for; takes the connection over, everything after the token's newline unread. */
export type DataHandler = (reader: SocketReader) => Promise<void>;

/** Connections for bulk data: the first line is a one-time token, which says what follows. */
export class DataServer {
  private readonly strangers = new Set<Socket>();
  private readonly served = new Set<Socket>();
  private listener: UnixListener | null = null;

  private constructor(
    private readonly tokens: Tokens<DataHandler>,
    private readonly user: number,
  ) {}

  static async listen(socketPath: string, tokens: Tokens<DataHandler>, user: number): Promise<DataServer> {
    const server = new DataServer(tokens, user);
    server.listener = await listenUnix(socketPath, (socket) => void server.meet(socket), user);
    return server;
  }

  async close(): Promise<void> {
    await this.listener?.close();
    for (const socket of [...this.strangers, ...this.served]) socket.destroy();
  }

  private async meet(socket: Socket): Promise<void> {
    socket.on('error', () => undefined);
    if (peerUser(socket) !== this.user || this.strangers.size >= MAX_STRANGERS) {
      socket.destroy();
      return;
    }
    const reader = new SocketReader(socket);
    socket.resume();
    const handler = await this.readToken(socket, reader);
    if (!handler) {
      socket.destroy();
      return;
    }
    this.served.add(socket);
    socket.once('close', () => this.served.delete(socket));
    await handler(reader).catch(() => socket.destroy());
  }

  private async readToken(socket: Socket, reader: SocketReader): Promise<DataHandler | null> {
    this.strangers.add(socket);
    const timer = setTimeout(() => socket.destroy(), TOKEN_MILLISECONDS);
    try {
      return this.tokens.redeem(await readLine(reader));
    } catch {
      return null;
    } finally {
      clearTimeout(timer);
      this.strangers.delete(socket);
    }
  }
}

async function readLine(reader: SocketReader): Promise<string> {
  let line = '';
  for (let count = 0; count <= MAX_TOKEN_BYTES; count++) {
    const byte = (reader.tryTake(1) ?? (await reader.take(1)))[0]!;
    if (byte === NEWLINE) return line;
    line += String.fromCharCode(byte);
  }
  return '';
}
