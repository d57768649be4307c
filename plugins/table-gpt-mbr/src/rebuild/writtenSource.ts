import type { BlockSource } from '@diskwright/sdk/block';
import { checkRange } from '@diskwright/sdk/block';
import type { WriteProposal } from '@diskwright/sdk';

/** An otherwise empty device as it is once the writes are on it, for reading back what they make. The writes stay the caller's. */
export class WrittenSource implements BlockSource {
  constructor(
    private readonly writes: readonly WriteProposal[],
    readonly size: number,
    readonly sectorSize: 512 | 4096,
  ) {}

  async read(offset: number, length: number, signal?: AbortSignal): Promise<Buffer> {
    signal?.throwIfAborted();
    checkRange(offset, length, this.size);
    const result = Buffer.alloc(length);
    for (const write of this.writes) {
      const from = Math.max(offset, write.offset);
      const to = Math.min(offset + length, write.offset + write.bytes.length);
      if (from < to) write.bytes.copy(result, from - offset, from - write.offset, to - write.offset);
    }
    return result;
  }
}
