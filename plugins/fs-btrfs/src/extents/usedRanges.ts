import { ExtentListBuilder, type ExtentList } from '@diskwright/sdk/extents';
import type { Chunk, ChunkMap } from '../chunks/chunkMap';

/** Ranges after which small gaps are given up, so that memory stays bounded: two million are some 32 MiB. */
const RANGES_PER_STEP = 2 * 1024 * 1024;
const FIRST_GAP_BYTES = 64 * 1024;

/** Collects used logical addresses in ascending order, and gives where all their copies lie on this device. */
export class UsedRanges {
  /** The largest gap that was taken for used; 0 while all is exact. */
  joinedGap = 0;
  /** Start and end of each range, by chunk. */
  private readonly ranges = new Map<Chunk, number[]>();
  private count = 0;

  constructor(private readonly chunks: ChunkMap) {}

  /** @returns the chunk that holds a range; null, with nothing added, when none holds all of it */
  add(logical: number, length: number): Chunk | null {
    const chunk = this.chunks.find(logical);
    if (!chunk || length <= 0 || logical + length > chunk.logical + chunk.length) return null;
    let ranges = this.ranges.get(chunk);
    if (!ranges) this.ranges.set(chunk, (ranges = []));
    const end = ranges.length > 0 ? ranges.at(-1)! : -Infinity;
    if (logical - end <= this.joinedGap) ranges[ranges.length - 1] = Math.max(end, logical + length);
    else {
      ranges.push(logical, logical + length);
      if (++this.count % RANGES_PER_STEP === 0) this.joinedGap = Math.max(FIRST_GAP_BYTES, this.joinedGap * 4);
    }
    return chunk;
  }

  /** All of a chunk is taken for used. */
  addWhole(chunk: Chunk): void {
    this.ranges.set(chunk, [chunk.logical, chunk.logical + chunk.length]);
  }

  /** Bytes from the volume's start, copies included. */
  build(): ExtentList {
    const copies = [...this.ranges].flatMap(([chunk, ranges]) =>
      this.chunks.copiesOn(chunk).map((offset) => ({ offset, logical: chunk.logical, ranges })),
    );
    const builder = new ExtentListBuilder();
    for (const { offset, logical, ranges } of copies.sort((a, b) => a.offset - b.offset))
      for (let index = 0; index < ranges.length; index += 2)
        builder.add(offset + ranges[index]! - logical, ranges[index + 1]! - ranges[index]!);
    return builder.build();
  }
}
