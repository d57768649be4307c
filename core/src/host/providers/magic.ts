import type { ByteRange, Magic } from '@diskwright/sdk/protocol';

/** What the host reads of a volume, once, to find the providers that may know it. */
export const HEAD_BYTES = 128 * 1024;
export const TAIL_BYTES = 64 * 1024;

/** The bytes at both ends of a volume of `size` bytes; either may be shorter, and they may overlap. */
export interface PeekedEnds {
  size: number;
  head: Buffer;
  /** Ends at `size`. */
  tail: Buffer;
}

/** What has to be read of a volume so that all of these can be told: as little as they need, whole sectors of 4096 bytes. */
export function neededEnds(magics: Iterable<Magic>, size: number): { head: ByteRange; tail: ByteRange } {
  let head = 0;
  let tail = 0;
  for (const { offset, bytes } of magics) {
    if (offset < 0) tail = Math.max(tail, -offset);
    else head = Math.max(head, offset + bytes.length / 2);
  }
  const headLength = Math.min(roundUp(head), HEAD_BYTES, size);
  const tailLength = Math.min(roundUp(tail), TAIL_BYTES, size);
  return { head: { offset: 0, length: headLength }, tail: { offset: size - tailLength, length: tailLength } };
}

/** Whether one of the alternatives is there: all of its bytes. What lies outside of what was read is not there. */
export function matchesMagic(alternatives: Magic[][], ends: PeekedEnds): boolean {
  return alternatives.some((magics) => magics.every((magic) => isThere(magic, ends)));
}

function isThere({ offset, bytes }: Magic, { size, head, tail }: PeekedEnds): boolean {
  const wanted = Buffer.from(bytes, 'hex');
  const start = offset < 0 ? size + offset - (size - tail.length) : offset;
  const where = offset < 0 ? tail : head;
  if (start < 0 || start > where.length - wanted.length) return false;
  return where.subarray(start, start + wanted.length).equals(wanted);
}

function roundUp(bytes: number): number {
  return Math.ceil(bytes / 4096) * 4096;
}
