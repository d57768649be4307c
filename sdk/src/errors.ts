/**
 * Errors, typed by what the caller can do about them. Each crosses every process boundary of Diskwright unchanged:
 * {@link toWireError} turns it into a JSON-RPC error and {@link fromWireError} back.
 */

/** JSON-RPC error codes of Diskwright. The range −31099…−31000 is reserved for them; a plugin's own codes stay outside. */
export const ErrorCode = {
  Failed: -31000,
  InvalidInput: -31001,
  Refused: -31002,
  Cancelled: -31003,
  MediaError: -31004,
  DamagedStructure: -31005,
  NotSupported: -31006,
  LeaseRevoked: -31007,
  CapabilityDenied: -31008,
  DeviceGone: -31009,
  FrameTooLarge: -31010,
  Stale: -31011,
  PeerGone: -31012,
  SecretNeeded: -31013,
} as const;
export type ErrorCodeName = keyof typeof ErrorCode;

/** What an error says beyond its message. Offsets and lengths are bytes on the named device. */
export interface ErrorDetail {
  /** The device as the user named it. */
  device?: string;
  /** First byte concerned. */
  offset?: number;
  /** Bytes concerned, from `offset`. */
  length?: number;
  /** What the user can do about it, a sentence. */
  todo?: string;
  /** Of a passphrase that is needed: one was given, and it is wrong. */
  wrong?: boolean;
  /** The item of a list in the input that it is about, from 0. */
  item?: number;
  /** Further lines, such as every error of a manifest. */
  details?: string[];
}

/** The base of all errors that are meant for the user: a sentence, where it happened, and what to do. */
export class DiskwrightError extends Error {
  constructor(
    readonly code: ErrorCodeName,
    message: string,
    readonly detail: ErrorDetail = {},
  ) {
    super(message);
    this.name = code;
  }
}

/** The operation was tried and did not work; trying again may help. Exit status 1. */
export class FailedError extends DiskwrightError {
  constructor(message: string, detail?: ErrorDetail) {
    super('Failed', message, detail);
  }
}
/** The caller gave something that cannot be right (wrong option, malformed plan). Exit status 2. */
export class InvalidInputError extends DiskwrightError {
  constructor(message: string, detail?: ErrorDetail) {
    super('InvalidInput', message, detail);
  }
}
/** Refused for safety: mounted, in use, changed, too small, would overlap. Exit status 3. */
export class RefusedError extends DiskwrightError {
  constructor(message: string, detail?: ErrorDetail) {
    super('Refused', message, detail);
  }
}
/** The user (or a caller) cancelled. Exit status 130. */
export class CancelledError extends DiskwrightError {
  constructor(message = 'cancelled', detail?: ErrorDetail) {
    super('Cancelled', message, detail);
  }
}
/** A sector could not be read or written; `detail.offset` and `detail.length` say which bytes. */
export class MediaError extends DiskwrightError {
  constructor(message: string, detail: ErrorDetail & { offset: number; length: number }) {
    super('MediaError', message, detail);
  }
}
/** A structure on disk is not as its specification says; the range is the structure's. */
export class DamagedStructureError extends DiskwrightError {
  constructor(
    readonly structure: string,
    message: string,
    detail?: ErrorDetail,
  ) {
    super('DamagedStructure', message, detail);
  }
}
/** Valid, but beyond what this version or this provider can do. */
export class NotSupportedError extends DiskwrightError {
  constructor(message: string, detail?: ErrorDetail) {
    super('NotSupported', message, detail);
  }
}
/** The lease was taken away or its socket closed; requests in flight drained, later ones fail with this. */
export class LeaseRevokedError extends DiskwrightError {
  constructor(message = 'the lease was revoked', detail?: ErrorDetail) {
    super('LeaseRevoked', message, detail);
  }
}
/** The plugin's manifest or the user's grants do not allow this call. */
export class CapabilityDeniedError extends DiskwrightError {
  constructor(message: string, detail?: ErrorDetail) {
    super('CapabilityDenied', message, detail);
  }
}
/** The device vanished (unplugged, its NBD server died). */
export class DeviceGoneError extends DiskwrightError {
  constructor(message: string, detail?: ErrorDetail) {
    super('DeviceGone', message, detail);
  }
}
/** A reference carries the generation of a device or volume that has changed since. */
export class StaleError extends DiskwrightError {
  constructor(message: string, detail?: ErrorDetail) {
    super('Stale', message, detail);
  }
}
/** A message is larger than one frame may be; it was not sent, or the peer that sent it lost its connection. Ask for less, or pass a blob. */
export class FrameTooLargeError extends DiskwrightError {
  constructor(message: string, detail?: ErrorDetail) {
    super('FrameTooLarge', message, detail);
  }
}
/** The process at the other end of a connection ended, hangs or floods. */
export class PeerGoneError extends DiskwrightError {
  constructor(message: string, detail?: ErrorDetail) {
    super('PeerGone', message, detail);
  }
}

/** A passphrase is needed, or (`detail.wrong`) another than the one that was given: the caller can give it. Exit status 2. */
export class SecretNeededError extends DiskwrightError {
  constructor(message: string, detail: ErrorDetail & { wrong: boolean }) {
    super('SecretNeeded', message, detail);
  }
}

/** An error as it travels: `data` holds the {@link ErrorDetail} and, for damage, the structure's name. */
export interface WireError {
  code: number;
  message: string;
  data?: ErrorDetail & { structure?: string };
}

/** Any thrown value as a wire error. Unknown values become `Failed` and keep their message only, never a stack. */
export function toWireError(error: unknown): WireError {
  if (error instanceof DiskwrightError) {
    const structure = error instanceof DamagedStructureError ? { structure: error.structure } : {};
    return { code: ErrorCode[error.code], message: error.message, data: { ...error.detail, ...structure } };
  }
  if (error instanceof Error && error.name === 'AbortError') return { code: ErrorCode.Cancelled, message: 'cancelled' };
  return { code: ErrorCode.Failed, message: error instanceof Error ? error.message : String(error) };
}

/** The typed error of a wire error; a code outside our range becomes `Failed`. */
export function fromWireError(wire: WireError): DiskwrightError {
  const { structure, ...detail } = (typeof wire.data === 'object' && wire.data) || {};
  const name = (Object.keys(ErrorCode) as ErrorCodeName[]).find((key) => ErrorCode[key] === wire.code);
  switch (name) {
    case 'InvalidInput':
      return new InvalidInputError(wire.message, detail);
    case 'Refused':
      return new RefusedError(wire.message, detail);
    case 'Cancelled':
      return new CancelledError(wire.message, detail);
    case 'MediaError':
      return new MediaError(wire.message, { ...detail, offset: detail.offset ?? 0, length: detail.length ?? 0 });
    case 'DamagedStructure':
      return new DamagedStructureError(structure ?? 'structure', wire.message, detail);
    case 'NotSupported':
      return new NotSupportedError(wire.message, detail);
    case 'LeaseRevoked':
      return new LeaseRevokedError(wire.message, detail);
    case 'CapabilityDenied':
      return new CapabilityDeniedError(wire.message, detail);
    case 'DeviceGone':
      return new DeviceGoneError(wire.message, detail);
    case 'Stale':
      return new StaleError(wire.message, detail);
    case 'FrameTooLarge':
      return new FrameTooLargeError(wire.message, detail);
    case 'PeerGone':
      return new PeerGoneError(wire.message, detail);
    case 'SecretNeeded':
      return new SecretNeededError(wire.message, { ...detail, wrong: detail.wrong === true });
    default:
      return new FailedError(wire.message, detail);
  }
}
