import type { Socket } from 'node:net';
import type { BlobRef, ByteRange, Lease } from '@diskwright/sdk/protocol';
import type { OpenedDevice } from '../../common';

/** The plugin that reads over a lease. */
export interface LeaseAccount {
  /** What is read is added up under it. */
  name: string;
  /** The plugin's id. */
  plugin: string;
  version: string;
}

/** What plugins are given of devices and blobs, as the sector service's client provides it. */
export interface DeviceAccess {
  /** @throws InvalidInputError for an unknown id */
  get(deviceId: string): OpenedDevice;
  /** Bytes for matching magics. With `unreadable`, unreadable sectors are zeros. */
  peek(deviceId: string, offset: number, length: number, signal?: AbortSignal, unreadable?: 'zeros'): Promise<Buffer>;
  /** A read lease and its connected, paused socket; the caller owns both. What is read is added up under `account`. */
  lease(
    deviceId: string,
    range: ByteRange | undefined,
    holder: string,
    account?: LeaseAccount,
  ): Promise<{ lease: Lease; socket: Socket }>;
  /** Requests in flight drain, later ones fail. Unknown leases have ended already. */
  revoke(leaseId: string): Promise<void>;
  putBlob(kind: 'extents' | 'bytes'): Promise<Socket>;
  getBlob(reference: BlobRef): Promise<Socket>;
}
