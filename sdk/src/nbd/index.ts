/** NBD: the client that reads leases and other exports, and what a server needs of the protocol. */
export { ByteWindow } from './byteWindow';
export { NbdClient, type NbdClientOptions } from './client';
export * as nbd from './constants';
export type { ConnectionKind } from './errors';
export type { NbdExtent } from './request';
export { SocketReader } from './socketReader';
export { isNbdUri, parseNbdUri, type NbdAddress } from './uri';
