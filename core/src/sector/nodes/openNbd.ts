import { InvalidInputError } from '@diskwright/sdk/errors';
import { NbdClient, parseNbdUri } from '@diskwright/sdk/nbd';
import type { OpenedNode, OpenOptions, StorageReference } from '../contracts';
import { detectSectorSize } from './detectSectorSize';
import { NbdNode, WritableNbdNode } from './nbdNode';
import { tailNote } from './tailText';

/**
 * Connects to an NBD export and opens it for reading.
 * @throws DeviceGoneError, InvalidInputError, NotSupportedError, FailedError, CancelledError
 */
export function openNbd(uri: string, options: OpenOptions): Promise<OpenedNode> {
  return open(uri, options, NbdNode, true);
}

/** As {@link openNbd}, for `openForWriting` only. @throws InvalidInputError for a read-only export */
export function openNbdForWriting(uri: string, options: OpenOptions): Promise<OpenedNode<WritableNbdNode>> {
  return open(uri, options, WritableNbdNode, false);
}

async function open<N extends NbdNode>(
  uri: string,
  options: OpenOptions,
  Node: new (...parameters: ConstructorParameters<typeof NbdNode>) => N,
  readOnly: boolean,
): Promise<OpenedNode<N>> {
  const client = await NbdClient.connect(uri, { device: uri, signal: options.signal });
  try {
    if (!readOnly && client.readOnly) throw new InvalidInputError(`${uri} is a read-only export`, { device: uri });
    const peek = (offset: number, length: number) => client.read(offset, length, options.signal).catch(() => null);
    const sectorSize = options.sectorSize ?? (client.sectorSize === 4096 ? 4096 : await detectSectorSize(client.size, peek));
    const node = new Node(uri, client, sectorSize);
    if (node.size === 0) throw new InvalidInputError(`${uri} is empty`, { device: uri });
    const tail = client.size - node.size;
    const notes = tail === 0 ? [] : [tailNote(uri, tail, sectorSize)];
    return { node, kind: 'nbd', model: null, serial: null, readOnly, notes, storage: nbdStorage(uri), ended: client.closed };
  } catch (error) {
    client.close();
    throw error;
  }
}

function nbdStorage(uri: string): StorageReference {
  const { connect, exportName } = parseNbdUri(uri);
  const address = 'path' in connect ? `unix:${connect.path}` : `tcp:${connect.host}:${connect.port}`;
  return { kind: 'nbd', address, exportName };
}
