import type { ByteRange } from '../protocol/types';

/** Whether two ranges share a byte. */
export function rangesMeet(a: ByteRange, b: ByteRange): boolean {
  return a.offset < b.offset + b.length && b.offset < a.offset + a.length;
}
