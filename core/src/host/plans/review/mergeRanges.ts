import type { ByteRange } from '@diskwright/sdk/protocol';

/** Ascending ranges that cover all of these; those with at most `gap` bytes between them become one. */
export function mergeRanges(ranges: Iterable<ByteRange>, gap: number): ByteRange[] {
  const merged: ByteRange[] = [];
  for (const { offset, length } of [...ranges].sort((a, b) => a.offset - b.offset)) {
    const last = merged.at(-1);
    if (last && offset <= last.offset + last.length + gap) {
      last.length = Math.max(last.length, offset + length - last.offset);
    } else merged.push({ offset, length });
  }
  return merged;
}
