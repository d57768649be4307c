import { type BlockSource, checkRange } from '@diskwright/sdk/block';

/** Bytes of a file that are to be others; `bytes` null: zeros. */
export interface Patch {
  offset: number;
  length: number;
  bytes: Buffer | null;
}

/** A file as it would be after changes, which are not made: later ones lie over earlier ones. */
export class OverlaySource implements BlockSource {
  readonly sectorSize;

  /** @param size the file's after the changes; it may have grown */
  constructor(
    private readonly file: BlockSource,
    private readonly patches: readonly Patch[],
    readonly size: number,
  ) {
    this.sectorSize = file.sectorSize;
  }

  async read(offset: number, length: number, signal?: AbortSignal): Promise<Buffer> {
    checkRange(offset, length, this.size);
    const there = Math.max(0, Math.min(length, this.file.size - offset));
    const stored = there > 0 ? await this.file.read(offset, there, signal) : Buffer.alloc(0);
    // A copy: what was read may be somebody's cache.
    const bytes = Buffer.alloc(length);
    stored.copy(bytes);
    for (const patch of this.patches) {
      const start = Math.max(offset, patch.offset);
      const end = Math.min(offset + length, patch.offset + patch.length);
      if (start >= end) continue;
      if (patch.bytes) patch.bytes.copy(bytes, start - offset, start - patch.offset, end - patch.offset);
      else bytes.fill(0, start - offset, end - offset);
    }
    return bytes;
  }
}
