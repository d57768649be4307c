import { type NbdExportOptions, NbdServerConnection, type SocketReader } from '@diskwright/sdk/nbd';
import type { BlockNode, WritableNode } from '../nodes/blockNode';
import { NativeTransmission } from './nativeTransmission';

/** What a connection serves of a node. The server owns none of it. */
export interface NodeExport extends Omit<NbdExportOptions, 'transmit'> {
  node: BlockNode;
  writable?: WritableNode;
}

/** Serves a node on one connected socket; what lies on one descriptor and is only read, by native threads: see {@link NativeTransmission}. */
export function serveOnSocket(reader: SocketReader, options: NodeExport): NbdServerConnection {
  const window = options.writable ? undefined : options.node.window;
  if (!window) return new NbdServerConnection(reader, options);
  return new NbdServerConnection(reader, {
    ...options,
    transmit: (negotiatedReader, negotiated) => NativeTransmission.start(negotiatedReader, window, options, negotiated),
  });
}
