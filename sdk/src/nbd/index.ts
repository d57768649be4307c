/** NBD: the client that reads leases and other exports, and the server of what a plugin or the sector service has. */
export { ByteWindow } from './byteWindow';
export { NbdClient, type NbdClientOptions } from './client';
export * as nbd from './constants';
export type { ConnectionKind } from './errors';
export type { NbdExtent } from './request';
export { NbdServerConnection } from './server/connection';
export type {
  NbdExportOptions,
  NbdReads,
  NbdTransmission,
  ServedExtent,
  ServedNode,
  WritableServedNode,
} from './server/exportDescription';
export { NoSpaceError } from './server/noSpaceError';
export * as nbdServer from './server/index';
export { SocketReader } from './socketReader';
export { isNbdUri, parseNbdUri, type NbdAddress } from './uri';
