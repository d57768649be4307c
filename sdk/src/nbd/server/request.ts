import * as nbd from '../constants';
import { FailedError } from '../../errors';

/** A request as it stands on the wire. */
export interface NbdServerRequest {
  command: number;
  flags: number;
  cookieHigh: number;
  cookieLow: number;
  /** Beyond 2^53 − 1 it is infinite, which no range check passes. */
  offset: number;
  length: number;
}

/** What requests are checked against. */
export interface RequestLimits {
  size: number;
  readOnly: boolean;
  fastZero: boolean;
  structuredReplies: boolean;
  allocation: boolean;
  revoked: boolean;
}

const { Command, CommandFlag, NbdErrno } = nbd;

/** The flags that each command knows; FUA is allowed everywhere and means nothing where nothing is written. */
const ALLOWED_FLAGS: Record<number, number> = {
  [Command.read]: CommandFlag.dontFragment,
  [Command.write]: 0,
  [Command.flush]: 0,
  [Command.trim]: 0,
  [Command.cache]: 0,
  [Command.writeZeroes]: CommandFlag.noHole | CommandFlag.fastZero,
  [Command.blockStatus]: CommandFlag.requestOne,
};

/** u32 magic, u16 flags, u16 type, u64 cookie, u64 offset, u32 length. @throws FailedError without the magic number */
export function readRequest(header: Buffer): NbdServerRequest {
  if (header.readUInt32BE(0) !== nbd.REQUEST_MAGIC)
    throw new FailedError('the NBD client sent a request without its magic number');
  const offsetHigh = header.readUInt32BE(16);
  return {
    flags: header.readUInt16BE(4),
    command: header.readUInt16BE(6),
    cookieHigh: header.readUInt32BE(8),
    cookieLow: header.readUInt32BE(12),
    offset: offsetHigh < 0x20_0000 ? offsetHigh * 0x1_0000_0000 + header.readUInt32BE(20) : Infinity,
    length: header.readUInt32BE(24),
  };
}

/** The error number with which a request is refused before any node sees it; 0 when it is valid. */
export function validateRequest(request: NbdServerRequest, limits: RequestLimits): number {
  const { command, flags, offset, length } = request;
  const allowed = ALLOWED_FLAGS[command];
  if (allowed === undefined) return NbdErrno.EINVAL;
  if (limits.revoked) return NbdErrno.ESHUTDOWN;
  if (flags & ~(allowed | CommandFlag.fua)) return NbdErrno.EINVAL;
  if (flags & CommandFlag.dontFragment && !limits.structuredReplies) return NbdErrno.EINVAL;
  if (flags & CommandFlag.fastZero && !limits.fastZero) return NbdErrno.EINVAL;
  if (command === Command.flush) return offset === 0 && length === 0 ? 0 : NbdErrno.EINVAL;
  if (writes(command) && limits.readOnly) return NbdErrno.EPERM;
  if (length === 0) return NbdErrno.EINVAL;
  if (command === Command.blockStatus && !limits.allocation) return NbdErrno.EINVAL;
  if (command === Command.read && length > nbd.MAX_REQUEST_BYTES) return NbdErrno.EINVAL;
  if (offset > limits.size - length)
    return command === Command.write || command === Command.writeZeroes ? NbdErrno.ENOSPC : NbdErrno.EINVAL;
  return 0;
}

export function writes(command: number): boolean {
  return command === Command.write || command === Command.trim || command === Command.writeZeroes;
}
