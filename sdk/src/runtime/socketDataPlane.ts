import type { Socket } from 'node:net';
import { PageCache } from '../block/index';
import { FailedError, LeaseRevokedError } from '../errors';
import { NbdClient } from '../nbd/index';
import type { Lease } from '../protocol/types';
import { readToEnd, writeBlob } from './blobTransfer';
import type { DataPlane, LeaseConnection, StoredBlob } from './dataPlane';
import type { DescriptorChannel } from './descriptorChannel';

/** The data plane of a plugin process: every socket comes from the host, connected; leases speak NBD and are read through a page cache. */
export class SocketDataPlane implements DataPlane {
  constructor(private readonly descriptors: DescriptorChannel) {}

  async openLease(lease: Lease, signal: AbortSignal, { uncached = false } = {}): Promise<LeaseConnection> {
    const socket = await this.descriptors.take(lease.leaseId, signal);
    const client = await NbdClient.connect(socket, {
      kind: 'lease',
      device: 'the leased range',
      sectorSize: lease.sectorSize,
      signal,
    });
    if (client.size !== lease.size) {
      client.close();
      throw new FailedError(`a lease of ${lease.size} bytes is served with ${client.size} bytes`);
    }
    return uncached ? client : new CachedLease(client);
  }

  openConnection(connectionId: string, signal: AbortSignal): Promise<Socket> {
    return this.descriptors.take(connectionId, signal);
  }

  async sendBlob(transferId: string, bytes: Buffer, signal: AbortSignal): Promise<StoredBlob> {
    return writeBlob(await this.descriptors.take(transferId, signal), bytes, signal);
  }

  async receiveBlob(transferId: string, bytes: number, signal: AbortSignal): Promise<Buffer> {
    return readToEnd(await this.descriptors.take(transferId, signal), bytes, signal);
  }
}

/** What the cache holds is no more to be had than what it does not, once the lease was given back. */
class CachedLease extends PageCache implements LeaseConnection {
  private closed = false;

  constructor(private readonly client: NbdClient) {
    super(client);
  }

  override read(offset: number, length: number, signal?: AbortSignal): Promise<Buffer> {
    return this.closed ? Promise.reject(givenBack()) : super.read(offset, length, signal);
  }

  override readInto(offset: number, destination: Buffer, signal?: AbortSignal): Promise<void> {
    return this.closed ? Promise.reject(givenBack()) : super.readInto(offset, destination, signal);
  }

  close(): void {
    this.closed = true;
    this.client.close();
  }
}

const givenBack = (): LeaseRevokedError => new LeaseRevokedError('the lease was given back');
