import type { BlockSource } from './blockSource';
import { checkRange } from './checkRange';
import { readInto } from './readInto';

/** A window of another source; offsets are relative to the window's start. Owns nothing. */
export class SliceSource implements BlockSource {
  readonly sectorSize: 512 | 4096;

  /** @throws InvalidInputError when the window does not lie inside `base` */
  constructor(
    private readonly base: BlockSource,
    readonly offset: number,
    readonly size: number,
  ) {
    checkRange(offset, size, base.size, 'slice');
    this.sectorSize = base.sectorSize;
  }

  async read(offset: number, length: number, signal?: AbortSignal): Promise<Buffer> {
    checkRange(offset, length, this.size);
    return this.base.read(this.offset + offset, length, signal);
  }

  async readInto(offset: number, destination: Buffer, signal?: AbortSignal): Promise<void> {
    checkRange(offset, destination.length, this.size);
    return readInto(this.base, this.offset + offset, destination, signal);
  }
}
