import * as nbd from '../constants';
import { DiskwrightError, type ErrorCodeName } from '../../errors';
import { NoSpaceError } from './noSpaceError';
import type { NbdServerRequest } from './request';

const { NbdErrno } = nbd;

const ERRNO_OF: Partial<Record<ErrorCodeName, number>> = {
  InvalidInput: NbdErrno.EINVAL,
  Refused: NbdErrno.EPERM,
  CapabilityDenied: NbdErrno.EPERM,
  NotSupported: NbdErrno.ENOTSUP,
  LeaseRevoked: NbdErrno.ESHUTDOWN,
};

/**
 * What a node's error is on the wire. The offset is given only where it lies in the request's range, as a slice's does not lie on
 * its base.
 */
export function errnoOf(error: unknown, request: NbdServerRequest): { errno: number; message: string; offset: number | null } {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof NoSpaceError) return { errno: NbdErrno.ENOSPC, message, offset: null };
  if (!(error instanceof DiskwrightError)) return { errno: NbdErrno.EIO, message, offset: null };
  const { offset } = error.detail;
  const inside =
    error.code === 'MediaError' && offset !== undefined && offset >= request.offset && offset < request.offset + request.length;
  return { errno: ERRNO_OF[error.code] ?? NbdErrno.EIO, message, offset: inside ? offset : null };
}
