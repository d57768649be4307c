import { type BlockSource, checkRange } from '@diskwright/sdk/block';
import { DeviceGoneError, MediaError } from '@diskwright/sdk/errors';
import { rangesMeet } from '@diskwright/sdk/extents';
import type { ByteRange } from '@diskwright/sdk/protocol';

/** A device that has all of the data from `dataOffset` on. */
export interface Mirror {
  source: BlockSource;
  dataOffset: number;
  /** Ranges of the device that it has lost. */
  badBlocks: readonly ByteRange[];
}

/** The data of devices that are copies of each other: of the first that can be read, sector by sector. */
export class MirrorSource implements BlockSource {
  constructor(
    private readonly mirrors: readonly Mirror[],
    readonly size: number,
    readonly sectorSize: 512 | 4096,
  ) {}

  /** @throws MediaError for what none of them can read */
  async read(offset: number, length: number, signal?: AbortSignal): Promise<Buffer> {
    checkRange(offset, length, this.size);
    for (const { source, dataOffset, badBlocks } of this.mirrors) {
      const range = { offset: dataOffset + offset, length };
      // A device may have been copied only in part.
      if (range.offset + length > source.size || badBlocks.some((bad) => rangesMeet(bad, range))) continue;
      try {
        return await source.read(range.offset, length, signal);
      } catch (error) {
        if (!(error instanceof MediaError || error instanceof DeviceGoneError)) throw error;
      }
    }
    return this.readInHalves(offset, length, signal);
  }

  /** One device may be unreadable here, and another there. */
  private async readInHalves(offset: number, length: number, signal?: AbortSignal): Promise<Buffer> {
    const { sectorSize } = this;
    const middle = Math.floor((offset + length / 2) / sectorSize) * sectorSize;
    const cut = middle > offset && middle < offset + length ? middle - offset : 0;
    if (cut === 0) {
      throw new MediaError(`no device of the array can read ${length} bytes at byte ${offset}`, { offset, length });
    }
    const head = await this.read(offset, cut, signal);
    return Buffer.concat([head, await this.read(offset + cut, length - cut, signal)]);
  }
}
