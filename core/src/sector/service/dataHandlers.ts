import { FailedError } from '@diskwright/sdk/errors';
import type { PeerHandlers } from '@diskwright/sdk/rpc';
import type { ServiceProtocol } from '../../common/index';
import type { AuditLog } from '../audit/auditLog';
import type { BlobStore } from '../blobs/blobStore';
import { receiveBlob, sendBlob } from '../blobs/blobTransfer';
import type { Claim } from '../contracts';
import type { LeaseRegistry } from '../leases/leaseRegistry';
import type { Tokens } from '../leases/tokens';
import type { DataHandler } from './dataServer';
import type { DeviceTable } from './deviceTable';
import type { ServiceContext } from './sectorContext';

export interface DataParts {
  context: ServiceContext;
  devices: DeviceTable;
  leases: LeaseRegistry;
  blobs: BlobStore;
  tokens: Tokens<DataHandler>;
  /** Null in the elevated service, which writes nowhere that a user names. */
  audit: AuditLog | null;
}

/** The messages whose bytes go over the data socket: leases and blobs, and the folders of blobs. */
export function dataHandlers({ context, devices, leases, blobs, tokens, audit }: DataParts): PeerHandlers<ServiceProtocol> {
  return {
    'lease/create': async ({ deviceId, offset, length, holder, role, account, reader }, { signal }) => {
      const opened = await devices.use(deviceId, signal);
      let claim: Claim | null = null;
      let leaseId: string | null = null;
      const reading =
        reader && audit?.begin({ ...reader, device: opened.node.path }, () => leaseId !== null && leases.charge(leaseId));
      const onEnded = (): void => {
        claim?.release();
        reading?.end();
        devices.done(deviceId);
      };
      try {
        if (role === 'source') claim = await context.claims.claim(opened, 'source', holder);
        leaseId = leases.create(opened.node, { offset, length }, holder, onEnded, account, reading?.read);
      } catch (error) {
        onEnded();
        throw error;
      }
      return { leaseId, token: leaseToken(leaseId, leases, tokens) };
    },
    'lease/revoke': async ({ leaseId }) => {
      await leases.revoke(leaseId);
      return {};
    },
    'lease/usage': ({ accounts }) => ({ bytesRead: accounts.map((account) => leases.bytesRead(account)) }),
    'blob/put': ({ kind }) => ({ token: issued(tokens.issue((reader) => receiveBlob(reader, blobs, kind))) }),
    'blob/get': async ({ digest }) => {
      await blobs.locate(digest);
      return { token: issued(tokens.issue((reader) => sendBlob(reader, blobs, digest))) };
    },
    'blob/export': async ({ digests, folder }, { signal }) => {
      await blobs.exportTo(digests, folder, signal);
      return {};
    },
    'blob/import': async ({ blobs: references, folder }, { signal }) => {
      await blobs.importFrom(references, folder, signal);
      return {};
    },
    'extents/page': async ({ digest, from, count }, { signal }) => {
      const list = await blobs.extents(digest, signal);
      const end = Math.min(from + count, list.count);
      const extents = [];
      for (let index = from; index < end; index++) extents.push({ offset: list.offsetAt(index), length: list.lengthAt(index) });
      return { extents };
    },
  };
}

/** For the one connection of a lease. @throws FailedError when too many wait for theirs; then the lease has ended */
export function leaseToken(leaseId: string, leases: LeaseRegistry, tokens: Tokens<DataHandler>): string {
  const token = tokens.issue(
    (reader) => leases.serve(leaseId, reader),
    () => leases.expire(leaseId),
  );
  if (token) return token;
  leases.expire(leaseId);
  throw tooMany();
}

/** @throws FailedError when too many wait for their connection */
export function issued(token: string | null): string {
  if (token === null) throw tooMany();
  return token;
}

function tooMany(): FailedError {
  return new FailedError('too many leases and transfers wait for their connection');
}
