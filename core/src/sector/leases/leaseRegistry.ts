import { InvalidInputError } from '@diskwright/sdk/errors';
import type { NbdReads, NbdServerConnection, SocketReader } from '@diskwright/sdk/nbd';
import type { ByteRange } from '@diskwright/sdk/protocol';
import { randomUUID } from 'node:crypto';
import { serveOnSocket } from '../nbd/serveOnSocket';
import type { BlockNode } from '../nodes/blockNode';
import { SliceNode } from '../nodes/sliceNode';

/** Of so many accounts the totals are kept; those that were not used for the longest time are forgotten. */
const MAX_ACCOUNTS = 4096;

interface Lease {
  readonly node: BlockNode;
  readonly slice: SliceNode;
  /** For the description that NBD tools show. */
  readonly holder: string;
  /** Gives back what the lease keeps: the open device, the claim. */
  readonly onEnded: () => void;
  readonly account: string | null;
  /** Is told what is read, as ranges of the node. */
  readonly onRead: ((reads: NbdReads) => void) | null;
  connection: NbdServerConnection | null;
  used: boolean;
}

/** Read leases: each is the right of one connection to read one range of a device, until it is closed or revoked. */
export class LeaseRegistry {
  private readonly leases = new Map<string, Lease>();
  private readonly accounts = new Map<string, number>();

  /**
   * `node` must live until `onEnded`, which is called once. What is read is added to `account`.
   * @throws InvalidInputError when the range does not lie inside the node
   */
  create(
    node: BlockNode,
    range: ByteRange,
    holder: string,
    onEnded: () => void,
    account: string | null = null,
    onRead: Lease['onRead'] = null,
  ): string {
    const leaseId = `lease-${randomUUID()}`;
    this.leases.set(leaseId, {
      node,
      slice: new SliceNode(node, range.offset, range.length),
      holder,
      onEnded,
      account,
      onRead,
      connection: null,
      used: false,
    });
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
    lease.connection = serveOnSocket(reader, {
      node: lease.slice,
      description: `lease of ${lease.holder}`,
      onRead: (reads) => {
        this.addTo(lease.account, reads.bytes);
        const onNode = reads.ranges.map(({ offset, length }) => ({ offset: lease.slice.offset + offset, length }));
        lease.onRead?.({ ...reads, ranges: onNode });
      },
    });
    await lease.connection.closed;
    this.forget(leaseId, lease);
  }

  /**
   * Requests under way are answered, later ones fail, the connection is closed. @throws InvalidInputError for an unknown lease
   */
  async revoke(leaseId: string): Promise<void> {
    const lease = this.leases.get(leaseId);
    if (!lease) throw new InvalidInputError(`there is no lease ${leaseId}`);
    lease.used = true;
    await lease.connection?.revoke();
    this.forget(leaseId, lease);
  }

  /** Tells of what was read over a lease up to now. */
  charge(leaseId: string): void {
    this.leases.get(leaseId)?.connection?.charge();
  }

  /** The bytes that were read under an account, over all of its leases. */
  bytesRead(account: string): number {
    for (const lease of this.leases.values()) if (lease.account === account) lease.connection?.charge();
    return this.accounts.get(account) ?? 0;
  }

  /** Revokes all leases of a node. */
  async revokeOn(node: BlockNode): Promise<void> {
    const ids = [...this.leases].filter(([, lease]) => lease.node === node).map(([leaseId]) => leaseId);
    await Promise.all(ids.map((leaseId) => this.revoke(leaseId)));
  }

  async revokeAll(): Promise<void> {
    await Promise.all([...this.leases.keys()].map((leaseId) => this.revoke(leaseId)));
  }

  /** Forgets a lease that nobody connected to in time. */
  expire(leaseId: string): void {
    const lease = this.leases.get(leaseId);
    if (lease && !lease.used) this.forget(leaseId, lease);
  }

  private addTo(account: string | null, bytes: number): void {
    if (account === null) return;
    const total = (this.accounts.get(account) ?? 0) + bytes;
    this.accounts.delete(account);
    this.accounts.set(account, total);
    if (this.accounts.size > MAX_ACCOUNTS) this.accounts.delete(this.accounts.keys().next().value!);
  }

  private forget(leaseId: string, lease: Lease): void {
    if (this.leases.delete(leaseId)) lease.onEnded();
  }
}
