import { FailedError } from '../errors';
import { AllocationFlag } from './constants';

/** A run of a block status answer. `hole`: not stored; `zero`: reads as zeros. */
export interface NbdExtent {
  offset: number;
  length: number;
  hole: boolean;
  zero: boolean;
}

/** What the server may say to a request, and what came of it so far. Offsets are the request's own, on the export. */
export interface NbdRequest {
  readonly command: number;
  readonly flags: number;
  readonly offset: number;
  readonly length: number;
  /** What a write sends. */
  readonly payload: Buffer | null;
  /** Where a read's bytes go: `destination[destinationStart, … + length)`. */
  readonly destination: Buffer | null;
  readonly destinationStart: number;
  /** Bytes of the read that were answered. */
  covered: number;
  /** Bytes before this of the read's range are answered; from here on the destination is not defined, unless `cleared`. */
  frontier: number;
  cleared: boolean;
  extents: NbdExtent[] | null;
  error: { errno: number; message: string; offset: number | null } | null;
  /** Nobody waits for the answer any more; it is read and dropped. */
  abandoned: boolean;
  settle(): void;
  fail(error: Error): void;
}

/**
 * Notes that a chunk of a read at `offset` is about to be filled in, and where in the destination it belongs. Chunks may come in any order; the first that is
 * out of order has the rest cleared, so that a server which leaves gaps and answers others twice never shows what the memory held before.
 * @throws FailedError when the chunk does not lie within the request or is more than was asked for
 */
export function placeChunk(request: NbdRequest, offset: number, length: number): number {
  const start = offset - request.offset;
  const inside = request.destination !== null && length > 0 && start >= 0 && start + length <= request.length;
  if (!inside || request.covered + length > request.length)
    throw new FailedError('the NBD server answered other bytes than were asked for');
  if (start !== request.frontier && !request.cleared) {
    request.destination!.fill(0, request.destinationStart + request.frontier, request.destinationStart + request.length);
    request.cleared = true;
  }
  request.frontier = start + length;
  request.covered += length;
  return request.destinationStart + start;
}

/**
 * The extents of a block status chunk: pairs of u32 length and u32 flags from the request's offset on.
 * @throws FailedError for an empty run
 */
export function readExtents(request: NbdRequest, descriptors: Buffer): NbdExtent[] {
  const extents: NbdExtent[] = [];
  const end = request.offset + request.length;
  let offset = request.offset;
  for (let at = 0; at + 8 <= descriptors.length && offset < end; at += 8) {
    // The last run may be longer than what was asked about.
    const length = Math.min(descriptors.readUInt32BE(at), end - offset);
    const flags = descriptors.readUInt32BE(at + 4);
    if (length === 0) throw new FailedError('the NBD server told an empty extent');
    extents.push({ offset, length, hole: (flags & AllocationFlag.hole) !== 0, zero: (flags & AllocationFlag.zero) !== 0 });
    offset += length;
  }
  if (extents.length === 0) throw new FailedError('the NBD server told no extents');
  return extents;
}
