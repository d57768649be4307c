import type { BlockSource } from './blockSource';
import { checkRange } from './checkRange';

/** A block source over bytes in memory, which stay the caller's: later changes of them show. */
export class MemorySource implements BlockSource {
  constructor(
    private readonly bytes: Buffer,
    readonly sectorSize: 512 | 4096 = 512,
  ) {}

  get size(): number {
    return this.bytes.length;
  }

  async read(offset: number, length: number, signal?: AbortSignal): Promise<Buffer> {
    signal?.throwIfAborted();
    checkRange(offset, length, this.size);
    return Buffer.from(this.bytes.subarray(offset, offset + length));
  }
}
