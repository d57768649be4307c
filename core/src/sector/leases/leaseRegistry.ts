import { InvalidInputError } from '@diskwright/sdk/errors';
import type { SocketReader } from '@diskwright/sdk/nbd';
import { randomUUID } from 'node:crypto';
import { NbdServerConnection } from '../nbd/server';
import type { BlockNode } from '../nodes/blockNode';
import { SliceNode } from '../nodes/sliceNode';

interface Lease {
  readonly slice: SliceNode;
  /** For the description that NBD tools show. */
  readonly holder: string;
  /** Of the device whose range it is. */
  readonly deviceId: string;
  connection: NbdServerConnection | null;
  used: boolean;
}

/** Read leases: each is the right of one connection to read one range of a device, until it is closed or revoked. */
export class LeaseRegistry {
  private readonly leases = new Map<string, Lease>();

  /** Called whenever a device may have lost its last lease. */
  constructor(private readonly onEnded: (deviceId: string) => void) {}

  /** @throws InvalidInputError when the range does not lie inside the device */
  create(deviceId: string, node: BlockNode, offset: number, length: number, holder: string): string {
    const leaseId = `lease-${randomUUID()}`;
    this.leases.set(leaseId, { slice: new SliceNode(node, offset, length), holder, deviceId, connection: null, used: false });
    return leaseId;
  }

  /** Serves the lease on a connection; a lease has one in its life. Resolves when that has ended. */
  async serve(leaseId: string, reader: SocketReader): Promise<void> {
    const lease = this.leases.get(leaseId);
    if (!lease || lease.used) {
      reader.socket.destroy();
      return;
    }
    lease.used = true;
    lease.connection = new NbdServerConnection(reader, { node: lease.slice, description: `lease of ${lease.holder}` });
    await lease.connection.closed;
    this.forget(leaseId, lease);
  }

  /** Requests under way are answered, later ones fail, the connection is closed. @throws InvalidInputError for an unknown lease */
  async revoke(leaseId: string): Promise<void> {
    const lease = this.leases.get(leaseId);
    if (!lease) throw new InvalidInputError(`there is no lease ${leaseId}`);
    this.forget(leaseId, lease);
    await lease.connection?.revoke();
  }

  async revokeAll(matches: (lease: { deviceId: string }) => boolean = () => true): Promise<void> {
    const matching = [...this.leases].filter(([, lease]) => matches(lease));
    await Promise.all(matching.map(([leaseId]) => this.revoke(leaseId)));
  }

  /** Forgets a lease that nobody connected to in time. */
  expire(leaseId: string): void {
    const lease = this.leases.get(leaseId);
    if (lease && !lease.used) this.forget(leaseId, lease);
  }

  has(deviceId: string): boolean {
    return [...this.leases.values()].some((lease) => lease.deviceId === deviceId);
  }

  private forget(leaseId: string, lease: Lease): void {
    if (this.leases.delete(leaseId)) this.onEnded(lease.deviceId);
  }
}
