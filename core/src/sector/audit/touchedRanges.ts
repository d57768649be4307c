import type { NbdReads } from '@diskwright/sdk/nbd';

/** More ranges than that are told by fewer that hold them. */
const MAX_RANGES = 64;

/**
 * Which bytes were read, in at most 64 ranges: those that touch are one, and of too many the two with the least between them become one. Reading on
 * where the last request ended, which is the usual, costs nothing but an addition.
 */
export class TouchedRanges {
  /** By offset; apart from each other. */
  readonly ranges: { offset: number; length: number }[] = [];
  bytes = 0;
  requests = 0;
  /** Whether the ranges hold bytes that nobody asked for. */
  rounded = false;
  private last: { offset: number; length: number } | null = null;

  add(offset: number, length: number): void {
    this.bytes += length;
    this.requests++;
    const { last } = this;
    // Only where it does not grow into the next range, which a search finds.
    if (last && last.offset + last.length === offset && last === this.ranges.at(-1)) last.length += length;
    else this.insert(offset, length);
  }

  /** Takes note of what several requests have read. */
  addAll({ ranges, bytes, requests, rounded }: NbdReads): void {
    this.bytes += bytes;
    this.requests += requests;
    this.rounded ||= rounded;
    for (const { offset, length } of ranges) this.insert(offset, length);
  }

  private insert(offset: number, length: number): void {
    const { ranges } = this;
    const from = firstWhere(ranges, (range) => range.offset + range.length >= offset);
    let to = from;
    let end = offset + length;
    let start = offset;
    for (; to < ranges.length && ranges[to]!.offset <= end; to++) {
      start = Math.min(start, ranges[to]!.offset);
      end = Math.max(end, ranges[to]!.offset + ranges[to]!.length);
    }
    const joined = { offset: start, length: end - start };
    ranges.splice(from, to - from, joined);
    this.last = joined;
    if (ranges.length > MAX_RANGES) this.joinNearest();
  }

  private joinNearest(): void {
    const { ranges } = this;
    const gapBefore = (index: number): number => ranges[index]!.offset - ranges[index - 1]!.offset - ranges[index - 1]!.length;
    let nearest = 1;
    for (let index = 2; index < ranges.length; index++) if (gapBefore(index) < gapBefore(nearest)) nearest = index;
    const [first, second] = [ranges[nearest - 1]!, ranges[nearest]!];
    first.length = second.offset + second.length - first.offset;
    ranges.splice(nearest, 1);
    if (this.last === second) this.last = first;
    this.rounded = true;
  }
}

/** The first index for which it holds, when it holds for all after it; the length when for none. */
function firstWhere<T>(items: readonly T[], holds: (item: T) => boolean): number {
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(items[middle]!)) high = middle;
    else low = middle + 1;
  }
  return low;
}
