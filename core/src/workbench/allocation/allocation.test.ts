import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cellRange, cellsOf, fullness, summary, zoomedRange } from './allocationCells';
import { cellAt, cellPlace, gridFor } from './cellGrid';

const cells = { range: { offset: 4096, length: 10_000 }, cellBytes: 4096, used: Uint8Array.of(255, 1, 0) };

test('a cell stands for its bytes, the last one for less', () => {
  expect(cellRange(cells, 1)).toEqual({ offset: 8192, length: 4096 });
  expect(cellRange(cells, 2)).toEqual({ offset: 12_288, length: 10_000 - 8192 });
});

test('nothing is called free or used unless all of it is', () => {
  expect([0, 1, 128, 254, 255].map(fullness)).toEqual(['all free', '< 1 % used', '50 % used', '> 99 % used', 'all used']);
  expect(summary(cells, 1)[0]).toEqual({ offset: 4096, length: 10_000, used: 85 });
  expect(summary({ ...cells, used: Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0) }, 1)[0]!.used).toBe(1);
});

test('what is unknown has no cells', () => {
  const answer = {
    confidence: 'unknown' as const,
    reasons: [],
    range: cells.range,
    cellBytes: 1,
    used: null,
    usedBytes: 0,
    blockSize: null,
  };
  expect(cellsOf(answer)).toBeNull();
});

test('a point leads to the cell that is drawn there', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4000 }), fc.integer({ min: 1, max: 4000 }), fc.nat(), (width, height, pick) => {
      const grid = gridFor(width, height);
      const count = grid.columns * grid.rows;
      expect(count).toBeLessThanOrEqual(65536);
      const { x, y } = cellPlace(grid, pick % count);
      expect(cellAt(grid, count, x + 1, y + 1)).toBe(pick % count);
    }),
  );
});

test('however it is zoomed, the range lies on the volume in whole blocks', () => {
  fc.assert(
    fc.property(
      fc.nat(1000),
      fc.integer({ min: 1, max: 1000 }),
      fc.double({ min: 0.01, max: 100, noNaN: true }),
      (start, blocks, factor) => {
        const size = 2000 * 4096;
        const zoomed = zoomedRange({ offset: start * 4096, length: blocks * 4096 }, factor, start * 4096, size, 4096);
        expect(zoomed.offset % 4096).toBe(0);
        expect(zoomed.length).toBeGreaterThanOrEqual(4096);
        expect(zoomed.offset + zoomed.length).toBeLessThanOrEqual(size);
      },
    ),
  );
});
