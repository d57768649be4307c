import { DeviceGoneError, DiskwrightError, type ErrorDetail, MediaError, RefusedError } from '@diskwright/sdk/errors';
import { NoSpaceError } from '@diskwright/sdk/nbd';
import type { ByteRange } from '@diskwright/sdk/protocol';

/** What was tried on which bytes, for the error's message. */
export interface Attempt {
  device: string;
  /** `read`, `write`, `zero`, `discard`, `flush`. */
  verb: string;
  offset: number;
  length: number;
}

/** The typed error of what the operating system said. */
export function systemError(error: unknown, attempt: Attempt): DiskwrightError {
  if (error instanceof DiskwrightError) return error;
  const { code, message } = describe(error);
  const { device, verb, offset, length } = attempt;
  const what = `${device}: cannot ${verb} ${length} bytes at ${offset}`;
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
    case 'EFBIG':
      return new NoSpaceError(`${what}: no space is left`, { device, offset, length, todo: 'Make room where it lies.' });
    case 'ENXIO':
    case 'ENODEV':
    case 'ENOMEDIUM':
      return new DeviceGoneError(`${what}: the device is gone`, {
        device,
        offset,
        length,
        todo: 'See whether it is still connected.',
      });
    case 'EPERM':
    case 'EACCES':
    case 'EROFS':
      return new RefusedError(`${what}: ${message}`, { device, offset, length });
    default:
      return new MediaError(`${what}: ${message}`, { device, offset, length });
  }
}

/** The error of a sector, or the part of one that was wanted, that cannot be read. */
export function unreadableSector(
  device: string,
  { offset, length }: ByteRange,
  sectorSize: number,
  reason: string,
  detail: ErrorDetail = {},
): MediaError {
  const lba = Math.floor(offset / sectorSize);
  return new MediaError(`${device}: cannot read the sector at LBA ${lba}, byte ${offset} (${reason})`, {
    ...detail,
    device,
    offset,
    length,
  });
}

/** Where the system says that a request failed, else the start of what was tried. */
export function failedOffset(error: unknown, attempt: Attempt): number {
  const offset = typeof error === 'object' && error !== null && 'offset' in error ? error.offset : undefined;
  const inside = typeof offset === 'number' && offset >= attempt.offset && offset < attempt.offset + attempt.length;
  return inside ? offset : attempt.offset;
}

function describe(error: unknown): { code: string; message: string } {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  return { code, message: error instanceof Error ? error.message : String(error) };
}
