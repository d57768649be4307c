import type { AddressInfo, Socket } from 'node:net';
import cookie from '@fastify/cookie';
import websocket from '@fastify/websocket';
import fastify, { type FastifyInstance } from 'fastify';
import { FailedError } from '@diskwright/sdk/errors';
import { RPC_LIMITS } from '@diskwright/sdk/rpc';
import { CloseCode, LOGOUT_PATH, RPC_PATH } from '../common/workbench/endpoints';
import type { Host } from '../host/host';
import { reasonOf } from '../host/systemError';
import { addBytesRoute } from './bytes/bytesRoute';
import { ContentReads } from './bytes/contentReads';
import { addContentRoute } from './bytes/contentRoute';
import { DeviceReaders } from './bytes/deviceReaders';
import { OpenPages } from './connections/openPages';
import { handlersFor } from './connections/handlersFor';
import { watchers } from './handlers';
import { addErrorReplies } from './errorReplies';
import { addRunRoute } from './runRoute';
import { addGuard, cookieName } from './security/guard';
import { Session } from './security/session';
import { serveStaticFiles } from './statics/staticFiles';
import { ViewAddresses } from './views/viewAddresses';
import { serveViews } from './views/serveViews';

const LOOPBACK = '127.0.0.1';
/** What is sent here is a command and its arguments. */
const BODY_BYTES = 64 * 1024;
/** For a request to come in whole. */
const REQUEST_MILLISECONDS = 30_000;
/** For connections to end when the server does. */
const CLOSE_MILLISECONDS = 1000;

export interface ServerOptions {
  host: Host;
  /** The page's files. */
  pageFolder: string;
  /** 0 for one that is free. */
  port: number;
  /** The session was ended: what {@link WorkbenchServer.url} says is another address now. */
  onLogout?: () => void;
}

/** HTTP and WebSocket for the pages of one host, on the loopback address. The host stays its caller's. */
export class WorkbenchServer {
  private readonly session = new Session();
  private readonly pages = new OpenPages();
  private readonly viewAddresses = new ViewAddresses(() => this.port);
  private readonly watching: { dispose(): void }[];
  private readonly readers: DeviceReaders;
  private readonly contentReads: ContentReads;
  private readonly server: FastifyInstance;
  private readonly sockets = new Set<Socket>();

  private constructor(private readonly options: ServerOptions) {
    this.readers = new DeviceReaders(options.host.devices);
    this.contentReads = new ContentReads(options.host.volumeFiles);
    this.server = fastify({
      logger: false,
      forceCloseConnections: true,
      bodyLimit: BODY_BYTES,
      requestTimeout: REQUEST_MILLISECONDS,
    });
    // Nothing here is sent as text; of JSON alone a page of another origin cannot make a request without being asked first.
    this.server.removeContentTypeParser('text/plain');
    this.server.server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
    });
    this.watching = watchers.map((watch) => watch(options.host, this.pages));
  }

  /** @throws FailedError when the port is taken or may not be used */
  static async listen(options: ServerOptions): Promise<WorkbenchServer> {
    const workbench = new WorkbenchServer(options);
    try {
      await workbench.addRoutes();
      await workbench.server.listen({ host: LOOPBACK, port: options.port });
    } catch (error) {
      await workbench.dispose();
      throw listenError(error, options.port);
    }
    return workbench;
  }

  get port(): number {
    return (this.server.server.address() as AddressInfo).port;
  }

  /** The address with the token in it, for one browser or several. Void once a page has logged out. */
  get url(): string {
    return `http://${LOOPBACK}:${this.port}/?token=${this.session.token}`;
  }

  /** The same for one exchange within a minute, by a program of this user. */
  oneTimeUrl(): string {
    return `http://${LOOPBACK}:${this.port}/?code=${this.session.issueCode()}`;
  }

  /** Ends the watchers, then the pages with all that runs for them, then the reads, then the server. */
  async dispose(): Promise<void> {
    for (const watcher of this.watching.splice(0)) watcher.dispose();
    this.pages.closeAll(CloseCode.GoingAway, 'diskwright has ended');
    this.readers.dispose();
    this.contentReads.dispose();
    // What does not end by itself, such as half an upgrade, is not waited for.
    const timer = setTimeout(() => this.sockets.forEach((socket) => socket.destroy()), CLOSE_MILLISECONDS);
    await this.server.close();
    clearTimeout(timer);
  }

  private async addRoutes(): Promise<void> {
    const { server, session, pages, options, viewAddresses } = this;
    addErrorReplies(server);
    await server.register(cookie);
    await server.register(websocket, {
      options: { perMessageDeflate: false, maxPayload: RPC_LIMITS.headerBytes + RPC_LIMITS.frameBytes },
    });
    serveViews(server, viewAddresses, () => this.port);
    // After the WebSockets, which close the connection of an upgrade that the guard refuses.
    addGuard(server, session, () => this.port);
    server.get(RPC_PATH, { websocket: true }, (socket) => {
      pages.add(socket, (page) => handlersFor({ host: options.host, page, pages, viewAddresses }));
    });
    server.post(LOGOUT_PATH, (_request, reply) => {
      this.logOut();
      return reply.clearCookie(cookieName(this.port), { path: '/' }).code(204).send();
    });
    addBytesRoute(server, options.host.devices, this.readers);
    addContentRoute(server, this.contentReads);
    addRunRoute(server, pages);
    await serveStaticFiles(server, options.pageFolder);
  }

  private logOut(): void {
    this.session.renew();
    this.pages.closeAll(CloseCode.LoggedOut, 'logged out');
    this.options.onLogout?.();
  }
}

function listenError(error: unknown, port: number): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') {
    return new FailedError(`port ${port} is in use by another program`, {
      todo: 'Leave --port out, and a free one is taken; or end the other program.',
    });
  }
  if (code === 'EACCES') {
    return new FailedError(`port ${port} may not be used: ${reasonOf(error)}`, { todo: 'Choose a port from 1024 on.' });
  }
  return error;
}
