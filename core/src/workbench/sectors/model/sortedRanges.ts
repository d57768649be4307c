import type { ByteRange } from '@diskwright/sdk/protocol';

const endOf = ({ offset, length }: ByteRange): number => offset + length;

/** Index of the first range that ends behind an offset; ranges ascend and do not overlap. `ranges.length` when there is none. */
export function firstEndingAfter(ranges: readonly ByteRange[], offset: number): number {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (endOf(ranges[middle]!) > offset) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Index of the first range that begins at an offset or behind it. */
export function firstStartingAt(ranges: readonly ByteRange[], offset: number): number {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ranges[middle]!.offset >= offset) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Those that meet a range, in their order. */
export function meeting<T extends ByteRange>(ranges: readonly T[], { offset, length }: ByteRange): T[] {
  const found: T[] = [];
  for (let index = firstEndingAfter(ranges, offset); index < ranges.length; index += 1) {
    const range = ranges[index]!;
    if (range.offset >= offset + length) break;
    found.push(range);
  }
  return found;
}

/** The next range behind an offset, or the one before it; from the other end when there is none. Null when there are no ranges. */
export function neighbour<T extends ByteRange>(ranges: readonly T[], offset: number, direction: 'next' | 'previous'): T | null {
  if (ranges.length === 0) return null;
  const index = direction === 'next' ? firstStartingAt(ranges, offset + 1) : firstStartingAt(ranges, offset) - 1;
  return ranges[(index + ranges.length) % ranges.length]!;
}

export function contains(range: ByteRange, offset: number): boolean {
  return offset >= range.offset && offset < range.offset + range.length;
}

export function overlap(left: ByteRange, right: ByteRange): boolean {
  return left.offset < right.offset + right.length && right.offset < left.offset + left.length;
}
