import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import { type BlockSource, PageCache, SliceSource } from '../block/index';
import { FailedError, InvalidInputError, LeaseRevokedError } from '../errors';
import { ExtentList } from '../extents/index';
import type { ByteRange, Lease } from '../protocol/types';
import type { DataPlane, LeaseConnection, StoredBlob } from '../runtime/index';

type Transfer = { kind: 'extents' | 'bytes' } | { digest: string };

/** Leases and blobs of a test host, all in memory. Extent lists are checked as the service does. */
export class MemoryDataPlane implements DataPlane {
  /** Every blob that was put, by digest. */
  readonly blobs = new Map<string, Buffer>();
  private readonly leases = new Map<string, LeaseConnection>();
  private readonly connections = new Map<string, Socket>();
  private readonly transfers = new Map<string, Transfer>();
  private sequence = 0;

  /** Leases that were given and not ended. */
  get openLeases(): number {
    return this.leases.size;
  }

  /** @throws InvalidInputError when the range does not lie inside the device */
  createLease(device: BlockSource, range: ByteRange = { offset: 0, length: device.size }): Lease {
    const leaseId = `lease${++this.sequence}`;
    const slice = new SliceSource(device, range.offset, range.length);
    this.leases.set(leaseId, new RevocableLease(slice, () => this.leases.delete(leaseId)));
    return { leaseId, size: slice.size, sectorSize: slice.sectorSize, offset: range.offset };
  }

  revoke(leaseId: string): void {
    this.leases.get(leaseId)?.close();
  }

  startTransfer(transfer: Transfer): string {
    if ('digest' in transfer && !this.blobs.has(transfer.digest))
      throw new InvalidInputError(`there is no blob ${transfer.digest}`);
    const id = `transfer${++this.sequence}`;
    this.transfers.set(id, transfer);
    return id;
  }

  async openLease({ leaseId }: Lease): Promise<LeaseConnection> {
    const lease = this.leases.get(leaseId);
    if (!lease) throw new LeaseRevokedError();
    return lease;
  }

  /** Hands a socket to the plugin that is told of it under the answered name. */
  giveConnection(socket: Socket): string {
    const id = `connection${++this.sequence}`;
    this.connections.set(id, socket);
    return id;
  }

  async openConnection(connectionId: string): Promise<Socket> {
    const socket = this.connections.get(connectionId);
    if (!socket) throw new InvalidInputError(`there is no connection ${connectionId}`);
    this.connections.delete(connectionId);
    return socket;
  }

  async sendBlob(transferId: string, bytes: Buffer): Promise<StoredBlob> {
    const transfer = this.take(transferId);
    if (!('kind' in transfer)) throw new FailedError('this transfer goes the other way');
    const blob = Buffer.from(bytes);
    const counts = transfer.kind === 'extents' ? countsOf(ExtentList.fromBlob(blob)) : {};
    const digest = createHash('sha256').update(blob).digest('hex');
    this.blobs.set(digest, blob);
    return { digest, bytes: blob.length, ...counts };
  }

  async receiveBlob(transferId: string): Promise<Buffer> {
    const transfer = this.take(transferId);
    if (!('digest' in transfer)) throw new FailedError('this transfer goes the other way');
    return this.blobs.get(transfer.digest)!;
  }

  private take(transferId: string): Transfer {
    const transfer = this.transfers.get(transferId);
    if (!transfer) throw new InvalidInputError(`there is no transfer ${transferId}`);
    this.transfers.delete(transferId);
    return transfer;
  }
}

function countsOf({ count, covered }: ExtentList): { count: number; covered: number } {
  return { count, covered };
}

class RevocableLease extends PageCache implements LeaseConnection {
  private closed = false;

  constructor(
    base: BlockSource,
    private readonly onClose: () => void,
  ) {
    super(base);
  }

  override read(offset: number, length: number, signal?: AbortSignal): Promise<Buffer> {
    return this.closed ? Promise.reject(new LeaseRevokedError()) : super.read(offset, length, signal);
  }

  override readInto(offset: number, destination: Buffer, signal?: AbortSignal): Promise<void> {
    return this.closed ? Promise.reject(new LeaseRevokedError()) : super.readInto(offset, destination, signal);
  }

  close(): void {
    this.closed = true;
    this.onClose();
  }
}
