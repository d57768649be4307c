import type { ByteRange } from '@diskwright/sdk/protocol';

/** Whether two ranges share a byte. */
export function overlaps(a: ByteRange, b: ByteRange): boolean {
  return a.offset < b.offset + b.length && b.offset < a.offset + a.length;
}

export function contains({ offset, length }: ByteRange, at: number): boolean {
  return at >= offset && at - offset < length;
}
