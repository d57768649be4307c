import type { BlockSource } from '../block/blockSource';
import { FailedError, InvalidInputError } from '../errors';
import type { ScratchImage } from './scratchImage';

/** What a parser may use on one input. */
export interface ReadLimits {
  /** Requests. */
  reads: number;
  /** Bytes of all requests together. */
  bytes: number;
  milliseconds: number;
}

/**
 * A block source that keeps watch over its reader: a read outside of the device or beyond the limits fails *and* is remembered in
 * {@link violation}, so that a parser which swallows the error is found out all the same.
 */
export class GuardedSource implements BlockSource {
  /** The first thing that the reader did wrong, in words. */
  violation: string | undefined;
  reads = 0;
  bytes = 0;
  private readonly startedAt = performance.now();

  constructor(
    private readonly image: ScratchImage,
    readonly sectorSize: 512 | 4096,
    private readonly limits: ReadLimits,
  ) {}

  get size(): number {
    return this.image.size;
  }

  get elapsedMilliseconds(): number {
    return performance.now() - this.startedAt;
  }

  async read(offset: number, length: number, signal?: AbortSignal): Promise<Buffer> {
    signal?.throwIfAborted();
    const inside =
      Number.isSafeInteger(offset) && Number.isSafeInteger(length) && offset >= 0 && length >= 0 && offset <= this.size - length;
    if (!inside) {
      this.violation ??= `read at ${offset}, ${length} bytes, outside of the device of ${this.size} bytes`;
      throw new InvalidInputError(this.violation);
    }
    this.reads++;
    this.bytes += length;
    if (this.reads > this.limits.reads) this.violation ??= `more than ${this.limits.reads} reads`;
    if (this.bytes > this.limits.bytes) this.violation ??= `more than ${this.limits.bytes} bytes read`;
    if (this.elapsedMilliseconds > this.limits.milliseconds) this.violation ??= `not done after ${this.limits.milliseconds} ms`;
    if (this.violation !== undefined) throw new FailedError(this.violation);
    return this.image.read(offset, length);
  }
}
