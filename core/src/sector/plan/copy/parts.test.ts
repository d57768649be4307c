import { ExtentList, union } from '@diskwright/sdk/extents';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CHUNK_BYTES, chunksOf, countChunks, partsOf } from './parts';

const range = fc.record({ offset: fc.nat(1 << 28), length: fc.integer({ min: 1, max: 20 * CHUNK_BYTES }) });

describe('partsOf', () => {
  it('cuts extents into parts of bounded size that cover the same bytes in the same chunks', () => {
    const seed = Date.now();
    fc.assert(
      fc.property(fc.array(range, { maxLength: 20 }), fc.integer({ min: 1, max: 8 }), (ranges, chunks) => {
        const extents = ExtentList.fromRanges(ranges);
        const parts = [...partsOf(extents, chunks * CHUNK_BYTES)];
        const empty = ExtentList.fromRanges([]);
        expect([...parts.reduce((sum, part) => union(sum, part), empty)]).toEqual([...extents]);
        expect(parts.every((part) => part.count > 0 && part.covered <= chunks * CHUNK_BYTES)).toBe(true);
        const places = (list: ExtentList): number[][] =>
          [...chunksOf(list, CHUNK_BYTES)].map(({ offset, length }) => [offset, length]);
        const whole = places(extents);
        const starts = new Set(whole.map(([offset]) => offset));
        expect(parts.flatMap(places).every(([offset]) => starts.has(offset!))).toBe(true);
        expect(parts.reduce((sum, part) => sum + countChunks(part, CHUNK_BYTES), 0)).toBe(whole.length);
      }),
      { seed },
    );
  });
});
