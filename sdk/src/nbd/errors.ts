import {
  DeviceGoneError,
  type DiskwrightError,
  FailedError,
  InvalidInputError,
  LeaseRevokedError,
  MediaError,
  NotSupportedError,
  RefusedError,
} from '../errors';
import { NbdErrno } from './constants';

/** What ends a connection: a lease is revoked by its giver, a device's server dies. */
export type ConnectionKind = 'lease' | 'device';

/** The error of everything that is asked of a closed connection. */
export function closedError(kind: ConnectionKind, device: string, why: string): DiskwrightError {
  if (kind === 'lease') return new LeaseRevokedError(`the lease on ${device} was revoked: ${why}`, { device });
  return new DeviceGoneError(`${device}: the NBD server is gone: ${why}`, {
    device,
    todo: 'See whether the server still runs, then try again.',
  });
}

/** The typed error of a request that the server answered with an NBD error number. */
export function requestError(
  errno: number,
  request: { kind: ConnectionKind; device: string; verb: string; offset: number; length: number; message: string },
): DiskwrightError {
  const { device, verb, offset, length, kind } = request;
  const said = request.message === '' ? '' : ` (${request.message})`;
  const where = { device, offset, length };
  switch (errno) {
    case NbdErrno.EIO:
      return new MediaError(`${device}: cannot ${verb} ${length} bytes at ${offset}${said}`, where);
    case NbdErrno.ESHUTDOWN:
      return closedError(kind, device, request.message || 'the server is shutting down');
    case NbdErrno.EPERM:
      return new RefusedError(`${device} is read-only: cannot ${verb} at ${offset}${said}`, where);
    case NbdErrno.ENOSPC:
      return new FailedError(`${device}: no space left to ${verb} ${length} bytes at ${offset}${said}`, {
        ...where,
        todo: 'Make room on its server.',
      });
    case NbdErrno.ENOTSUP:
    case NbdErrno.EOVERFLOW:
      return new NotSupportedError(`${device}: the server cannot ${verb} ${length} bytes at ${offset}${said}`, where);
    case NbdErrno.EINVAL:
      return new InvalidInputError(`${device}: the server refuses to ${verb} ${length} bytes at ${offset}${said}`, where);
    default:
      return new FailedError(`${device}: cannot ${verb} ${length} bytes at ${offset}: NBD error ${errno}${said}`, where);
  }
}
