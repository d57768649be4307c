import type { BlockSource } from '../block/index';
import type { BlobRef, ExtentsRef, Lease } from '../protocol/types';

/** Sectors of a lease; `close` ends the connection and may be called again. */
export interface LeaseConnection extends BlockSource {
  close(): void;
}

/** What the service says of a blob that it took. */
export type StoredBlob = BlobRef & Partial<Pick<ExtentsRef, 'count' | 'covered'>>;

/** How bulk data reaches a plugin, past the messages: by sockets in a plugin process, by memory in a test. */
export interface DataPlane {
  /** @throws LeaseRevokedError, FailedError when the socket of the lease does not come */
  openLease(lease: Lease, signal: AbortSignal): Promise<LeaseConnection>;
  /** Hands the blob to the transfer and answers what the service made of it. */
  sendBlob(transferId: string, bytes: Buffer, signal: AbortSignal): Promise<StoredBlob>;
  /** All bytes of the transfer, `bytes` of them. */
  receiveBlob(transferId: string, bytes: number, signal: AbortSignal): Promise<Buffer>;
}
