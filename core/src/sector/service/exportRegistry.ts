import { InvalidInputError } from '@diskwright/sdk/errors';
import { type NbdServerConnection, SocketReader } from '@diskwright/sdk/nbd';
import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Usage } from '../contracts';
import { type NodeExport, serveOnSocket } from '../nbd/serveOnSocket';
import { listenUnix, type UnixListener } from '../listenUnix';

interface Export {
  socketPath: string;
  deviceId: string;
  writable: boolean;
  listener: UnixListener;
  connections: Set<NbdServerConnection>;
  /** Gives the device back. */
  onClosed: () => Promise<void>;
}

/** More connections than NBD tools open to one export. */
const MAX_CONNECTIONS = 64;

/** Devices served over NBD on unix sockets for other programs. */
export class ExportRegistry {
  private readonly exports = new Map<string, Export>();
  private orphaned = false;

  /** `onChange`: an export ended. */
  constructor(private readonly onChange: () => void) {}

  get active(): number {
    return this.exports.size;
  }

  /**
   * Serves on a socket that only this user may connect to.
   * @throws RefusedError when the socket cannot be made
   */
  async start(socketPath: string, deviceId: string, options: NodeExport, onClosed: () => Promise<void>): Promise<string> {
    const exportId = `export-${randomUUID()}`;
    const connections = new Set<NbdServerConnection>();
    const listener = await listenUnix(socketPath, (socket) => this.serve(exportId, socket, options));
    const writable = options.writable !== undefined;
    this.exports.set(exportId, { socketPath, deviceId, writable, listener, connections, onClosed });
    return exportId;
  }

  /** Lets requests under way finish, then closes all connections. @throws InvalidInputError for an unknown export */
  async stop(exportId: string): Promise<void> {
    const found = this.exports.get(exportId);
    if (!found) throw new InvalidInputError(`there is no export ${exportId}`);
    this.exports.delete(exportId);
    await found.listener.close();
    await Promise.all([...found.connections].map((connection) => connection.revoke()));
    await found.onClosed();
    this.onChange();
  }

  async stopAll(): Promise<void> {
    await Promise.all([...this.exports.keys()].map((exportId) => this.stop(exportId)));
  }

  /** The host is gone: from now on an export ends with its last client. */
  async orphan(): Promise<void> {
    this.orphaned = true;
    const idle = [...this.exports].filter(([, { connections }]) => connections.size === 0);
    await Promise.all(idle.map(([exportId]) => this.stop(exportId)));
  }

  /** The exports of a device, named by `path`. */
  usageOf(deviceId: string, path: string): Usage[] {
    return [...this.exports.values()]
      .filter((entry) => entry.deviceId === deviceId)
      .map(({ socketPath, writable }) => ({ text: `${path} is served over NBD at ${socketPath}.`, writes: writable }));
  }

  private serve(exportId: string, socket: Socket, options: NodeExport): void {
    const found = this.exports.get(exportId);
    if (!found || found.connections.size >= MAX_CONNECTIONS) {
      socket.destroy();
      return;
    }
    const connection = serveOnSocket(new SocketReader(socket), options);
    socket.resume();
    found.connections.add(connection);
    void connection.closed.then(() => {
      found.connections.delete(connection);
      if (this.orphaned && found.connections.size === 0 && this.exports.has(exportId)) void this.stop(exportId);
    });
  }
}
