import { NbdServerConnection, type ServedNode, SocketReader } from '../nbd/index';
import type { PluginRuntime } from './pluginRuntime';
import { tellingReads } from './tellingReads';

/** The connections on which something that is open is served over NBD, until they or it are closed. */
export class ServedConnections {
  private readonly connections = new Set<NbdServerConnection>();
  private closed = false;

  /** Serves a node on the socket that comes under an id; resolves when that has come. @throws FailedError when it does not */
  async serve(node: ServedNode, runtime: PluginRuntime, connectionId: string, signal: AbortSignal): Promise<void> {
    const socket = await runtime.dataPlane.openConnection(connectionId, signal);
    // It was closed while the socket was on its way.
    if (this.closed) return void socket.destroy();
    const connection = new NbdServerConnection(new SocketReader(socket), { node: tellingReads(node, runtime) });
    this.connections.add(connection);
    socket.resume();
    void connection.closed.then(() => this.connections.delete(connection));
  }

  /** Requests under way are answered. */
  async close(): Promise<void> {
    this.closed = true;
    await Promise.all([...this.connections].map((connection) => connection.revoke()));
  }
}
