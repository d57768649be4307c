import { Socket } from 'node:net';
import { connectPlugin } from './connectPlugin';
import { DescriptorChannel } from './descriptorChannel';
import type { PluginDefinition } from './pluginDefinition';
import { SocketDataPlane } from './socketDataPlane';

/** The descriptor on which the host speaks JSON-RPC; 0 is closed, 1 and 2 are the log, Node's IPC channel brings sockets. */
const RPC_DESCRIPTOR = 3;

/** Connects this process, which the host has started, and ends it when the host closes the connection. */
export function startPlugin(definition: PluginDefinition): void {
  const stream = new Socket({ fd: RPC_DESCRIPTOR, readable: true, writable: true });
  connectPlugin(definition, {
    stream,
    dataPlane: new SocketDataPlane(new DescriptorChannel(process)),
    onClose: (error) => {
      if (error) process.stderr.write(`the connection to the host ended: ${error.message}\n`);
      process.exit(error ? 1 : 0);
    },
  });
  process.on('disconnect', () => process.exit(0));
}
