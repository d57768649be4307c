import { setTimeout as delay } from 'node:timers/promises';
import { type BlockSource, checkRange } from '../block/index';
import { CancelledError, DeviceGoneError, LeaseRevokedError, MediaError } from '../errors';
import type { ByteRange } from '../protocol/types';

/** What is wrong with the device. */
export interface Faults {
  /** Reading any byte of these fails with MediaError that names just those bytes. */
  errors?: ByteRange[];
  /** Every read takes so long, in milliseconds; it can be cancelled. */
  delayMs?: number;
  /** After so many reads the device is gone: this one and all later ones fail with DeviceGoneError. */
  vanishAfter?: number;
  /** After so many reads the lease is revoked: this one and all later ones fail with LeaseRevokedError. */
  shortLease?: number;
}

/** A device that goes wrong in the way that `faults` says; the base stays the caller's. */
export function faultySource(base: BlockSource, faults: Faults): BlockSource {
  let reads = 0;
  return {
    size: base.size,
    sectorSize: base.sectorSize,
    async read(offset, length, signal) {
      checkRange(offset, length, base.size);
      const read = reads++;
      if (faults.delayMs) await delay(faults.delayMs, undefined, { signal }).catch(() => undefined);
      if (signal?.aborted) throw new CancelledError();
      if (read >= (faults.vanishAfter ?? Infinity)) throw new DeviceGoneError('the device is gone', { offset, length });
      if (read >= (faults.shortLease ?? Infinity)) throw new LeaseRevokedError();
      const bad = faults.errors?.find((range) => range.offset < offset + length && offset < range.offset + range.length);
      if (!bad) return base.read(offset, length, signal);
      const start = Math.max(bad.offset, offset);
      const end = Math.min(bad.offset + bad.length, offset + length);
      throw new MediaError(`cannot read ${end - start} bytes at ${start}`, { offset: start, length: end - start });
    },
  };
}
