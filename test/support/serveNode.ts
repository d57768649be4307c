import { join } from 'node:path';
import { type NbdServerConnection, SocketReader } from '@diskwright/sdk/nbd';
import { onTestFinished } from 'vitest';
import { serveOnSocket } from '../../core/src/sector/nbd/serveOnSocket';
import type { BlockNode, WritableNode } from '../../core/src/sector/nodes/blockNode';
import { listenUnix } from '../../core/src/sector/listenUnix';
import { scratchFolder } from './scratch';

/** Serves a node over NBD until the test ends, and disposes of it then; answers the URI. */
export async function serveNode(node: BlockNode, writable?: WritableNode): Promise<string> {
  const path = join(await scratchFolder(), 'nbd.sock');
  const connections = new Set<NbdServerConnection>();
  const listener = await listenUnix(path, (socket) => {
    connections.add(serveOnSocket(new SocketReader(socket), { node, writable, description: node.path }));
    socket.resume();
  });
  onTestFinished(async () => {
    await listener.close();
    await Promise.all([...connections].map((connection) => connection.revoke()));
    await node.dispose();
  });
  return `nbd+unix:///?socket=${path}`;
}
