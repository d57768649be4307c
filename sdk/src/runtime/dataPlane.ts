import type { BlockSource } from '../block/index';
import type { Socket } from 'node:net';
import type { BlobRef, ExtentsRef, Lease } from '../protocol/types';

/** Sectors of a lease; `close` ends the connection and may be called again. */
export interface LeaseConnection extends BlockSource {
  close(): void;
}

/** What the service says of a blob that it took. */
export type StoredBlob = BlobRef & Partial<Pick<ExtentsRef, 'count' | 'covered'>>;

/** How bulk data reaches a plugin, past the messages: by sockets in a plugin process, by memory in a test. */
export interface DataPlane {
  /**
   * Through a page cache, unless `uncached`: for who reads much once.
   * @throws LeaseRevokedError, FailedError when the socket of the lease does not come
   */
  openLease(lease: Lease, signal: AbortSignal, options?: { uncached?: boolean }): Promise<LeaseConnection>;
  /** A connected socket on which something is to be served over NBD; the caller owns it. */
  openConnection(connectionId: string, signal: AbortSignal): Promise<Socket>;
  /** Hands the blob to the transfer and answers what the service made of it. */
  sendBlob(transferId: string, bytes: Buffer, signal: AbortSignal): Promise<StoredBlob>;
  /** All bytes of the transfer, `bytes` of them. */
  receiveBlob(transferId: string, bytes: number, signal: AbortSignal): Promise<Buffer>;
}
