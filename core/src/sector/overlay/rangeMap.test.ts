import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { RangeMap, ZEROS } from './rangeMap';

const SIZE = 4096;

/** What the map says of every byte: a position of the data, -1 for zeros, -2 for not mapped. */
function flatten(map: RangeMap): Int32Array {
  const flat = new Int32Array(SIZE).fill(-2);
  let previousEnd = -1;
  for (const { start, end, position } of map.overlapping(0, SIZE)) {
    expect(start).toBeGreaterThanOrEqual(previousEnd);
    for (let at = start; at < end; at++) flat[at] = position === ZEROS ? -1 : position + at - start;
    previousEnd = end;
  }
  return flat;
}

const operation = fc.record({ offset: fc.nat(SIZE - 1), length: fc.integer({ min: 1, max: 300 }), zeros: fc.boolean() });

describe('RangeMap', () => {
  it('maps every byte as the last range that covers it, also after a round trip through its blob', () => {
    const seed = Date.now();
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 400 }), (operations) => {
        const map = new RangeMap();
        const model = new Int32Array(SIZE).fill(-2);
        let data = 0;
        for (const { offset, length, zeros } of operations) {
          const count = Math.min(length, SIZE - offset);
          map.set(offset, count, zeros ? ZEROS : data);
          for (let i = 0; i < count; i++) model[offset + i] = zeros ? -1 : data + i;
          data += count;
        }
        expect(flatten(map)).toEqual(model);
        expect(flatten(RangeMap.fromBlob(map.toBlob(), SIZE, data))).toEqual(model);
      }),
      { seed, numRuns: 60 },
    );
  });

  it('keeps tens of thousands of scattered ranges sorted and replaces them by one', () => {
    const map = new RangeMap();
    const count = 30_000;
    for (let i = 0; i < count; i++) map.set(((i * 7919) % count) * 10, 5, i * 5);
    expect(map.count).toBe(count);
    expect([...map.overlapping(0, count * 10)].map((range) => range.start)).toEqual(
      Array.from({ length: count }, (_, i) => i * 10),
    );
    map.set(0, count * 10, ZEROS);
    expect([...map.overlapping(0, count * 10)]).toEqual([{ start: 0, end: count * 10, position: ZEROS }]);
    map.set(100, 5, 0);
    expect(map.count).toBe(3);
  });

  it('joins sequential writes into one range', () => {
    const map = new RangeMap();
    for (let i = 0; i < 1000; i++) map.set(i * 4096, 4096, i * 4096);
    expect(map.count).toBe(1);
  });

  it('refuses a blob whose ranges leave the device', () => {
    const map = new RangeMap();
    map.set(0, 100, 0);
    expect(() => RangeMap.fromBlob(map.toBlob(), 99, 100)).toThrow(/outside/);
    expect(() => RangeMap.fromBlob(map.toBlob(), 100, 99)).toThrow(/outside/);
  });
});
