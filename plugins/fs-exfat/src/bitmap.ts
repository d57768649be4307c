import { rangeOfClusters } from '@diskwright/sdk/clusters';
import { DamagedStructureError } from '@diskwright/sdk/errors';
import { type ExtentList, UsedBlocks } from '@diskwright/sdk/extents';
import type { ByteRange } from '@diskwright/sdk/protocol';
import { allocationRuns } from './files/allocationRuns';
import type { Allocation } from './files/entrySet';
import type { ExfatVolume } from './files/volume';

/** Read at once. */
const PIECE_BYTES = 1024 * 1024;

/** Where the bitmap lies, as far as the clusters need it. @throws DamagedStructureError when it is too short, or its chain leads nowhere */
export async function bitmapRanges(volume: ExfatVolume, bitmap: Allocation, signal: AbortSignal): Promise<ByteRange[]> {
  const needed = Math.ceil(volume.geometry.clusterCount / 8);
  if (bitmap.size < needed)
    throw new DamagedStructureError(
      'exFAT allocation bitmap',
      `the bitmap has ${bitmap.size} bytes, but the clusters need ${needed}`,
    );
  const ranges: ByteRange[] = [];
  let left = needed;
  for await (const run of allocationRuns(volume, { ...bitmap, size: needed }, signal)) {
    const { offset, length } = rangeOfClusters(volume.geometry, run);
    ranges.push({ offset, length: Math.min(length, left) });
    left -= length;
  }
  return ranges;
}

/** The clusters that the bitmap calls used. */
export interface UsedClusters {
  /** In bytes from the volume's start. */
  extents: ExtentList;
  count: number;
  /** Gaps of up to so many bytes are among the extents, since there are too many pieces to keep; 0 while all is exact. */
  joinedGap: number;
}

/**
 * Reads what the bitmap calls used.
 * @throws as {@link bitmapRanges}; what `read` of the source throws
 */
export async function readBitmap(volume: ExfatVolume, bitmap: Allocation, signal: AbortSignal): Promise<UsedClusters> {
  const { source, geometry } = volume;
  const used = new UsedBlocks(1);
  let clusters = 0;
  const scan = new BitScan((cluster, count) => {
    const { offset, length } = rangeOfClusters(geometry, { cluster, count });
    used.add(offset, length);
    clusters += count;
  });
  let left = geometry.clusterCount;
  for (const { offset, length } of await bitmapRanges(volume, bitmap, signal)) {
    for (let done = 0; done < length; done += PIECE_BYTES) {
      signal.throwIfAborted();
      const bytes = await source.read(offset + done, Math.min(PIECE_BYTES, length - done), signal);
      scan.add(bytes, Math.min(left, bytes.length * 8));
      left -= bytes.length * 8;
    }
  }
  scan.end();
  return { extents: used.build(), count: clusters, joinedGap: used.joinedGap };
}

/** Finds runs of ones; bit 0 of the first byte is cluster 2. */
class BitScan {
  private next = 2;
  private start: number | null = null;

  constructor(private readonly found: (cluster: number, count: number) => void) {}

  add(bytes: Buffer, bits: number): void {
    for (let bit = 0; bit < bits;) {
      const byte = bytes[bit >>> 3]!;
      const isWhole = bits - bit >= 8;
      if (isWhole && (byte === 0 || byte === 0xff)) {
        this.take(byte === 0xff, 8);
        bit += 8;
        continue;
      }
      for (const end = Math.min(bits, bit + 8); bit < end; bit++) this.take((byte & (1 << (bit & 7))) !== 0, 1);
    }
  }

  end(): void {
    this.take(false, 0);
  }

  private take(isUsed: boolean, count: number): void {
    if (isUsed) this.start ??= this.next;
    else if (this.start !== null) {
      this.found(this.start, this.next - this.start);
      this.start = null;
    }
    this.next += count;
  }
}
