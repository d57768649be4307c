import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer as createHttpServer, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type WebSocket, WebSocketServer } from 'ws';
import { INSPECTOR_MESSAGE } from '../../sandbox/inspectedBootstrap';

/** Answers of V8 with sources and heaps are large. */
const MAX_MESSAGE_BYTES = 256 * 1024 * 1024;

/**
 * Lets a debugger speak with one plugin, whose sandbox lets it have no port: the port is the host's, on 127.0.0.1, and known by an address that nobody can
 * guess; what comes there goes to the plugin's process over a socket that it is handed. The newest process of the plugin is the one that is debugged.
 */
export class PluginInspector {
  private process: { child: ChildProcess; socket: Socket } | null = null;
  private client: WebSocket | null = null;
  private readonly clients: WebSocketServer;

  private constructor(
    /** The plugin. */
    readonly id: string,
    private readonly server: Server,
    private readonly path: string,
    private readonly onWaiting: (address: string) => void,
  ) {
    this.clients = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES });
    server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
      // A page of a browser names its origin; debuggers do not.
      if (request.url !== this.path || request.headers.origin !== undefined)
        return void socket.end('HTTP/1.1 404 Not Found\r\n\r\n');
      this.clients.handleUpgrade(request, socket, head, (client) => this.attachClient(client));
    });
  }

  /** @param onWaiting is told the address each time a process of the plugin waits for the debugger */
  static async listen(id: string, onWaiting: (address: string) => void): Promise<PluginInspector> {
    const server = createHttpServer((_, response) => response.writeHead(404).end());
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
    server.unref();
    return new PluginInspector(id, server, `/${randomUUID()}`, onWaiting);
  }

  /** For a debugger, such as `websocketAddress` in VS Code's `launch.json`. */
  get address(): string {
    return `ws://127.0.0.1:${(this.server.address() as AddressInfo).port}${this.path}`;
  }

  /** Takes a process that was started to be debugged; failures show as the end of the process. */
  async attach(child: ChildProcess): Promise<void> {
    const [socket, given] = await socketPair();
    if (child.exitCode !== null || !child.connected) {
      socket.destroy();
      given.destroy();
      return;
    }
    this.process?.socket.destroy();
    this.process = { child, socket };
    socket.on('error', () => undefined);
    child.send({ [INSPECTOR_MESSAGE]: true }, given, {}, () => given.destroy());
    child.once('exit', () => {
      socket.destroy();
      if (this.process?.child !== child) return;
      this.process = null;
      this.client?.close(1000, 'the plugin has ended');
    });
    createInterface({ input: socket }).on('line', (line) => {
      if (line === '{"method":"ready"}') this.onWaiting(this.address);
      else this.client?.send(line);
    });
  }

  dispose(): void {
    this.client?.terminate();
    this.process?.socket.destroy();
    this.server.close();
  }

  /** One at a time: the one that comes later takes the place of the one before. */
  private attachClient(client: WebSocket): void {
    this.client?.close(1000, 'another debugger was attached');
    this.client = client;
    client.on('error', () => undefined);
    client.on('message', (data: Buffer) => this.process?.socket.write(`${data.toString('utf8')}\n`));
    client.on('close', () => {
      if (this.client !== client) return;
      this.client = null;
      this.process?.socket.write('{"method":"detached"}\n');
    });
  }
}

async function socketPair(): Promise<[Socket, Socket]> {
  const folder = await mkdtemp(join(tmpdir(), 'diskwright-inspector-'));
  const server = createServer({ pauseOnConnect: true });
  try {
    const path = join(folder, 'socket');
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(path, resolve));
    const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve));
    const first = connect(path);
    await new Promise<void>((resolve, reject) => first.once('error', reject).once('connect', resolve));
    return [first, await accepted];
  } finally {
    server.close();
    await rm(folder, { recursive: true, force: true });
  }
}
