import fc from 'fast-check';
import { expect, test } from 'vitest';
import { around, panned, zoomed } from './mapWindow';

const SIZE = 2 ** 53 - 1;
const window = fc
  .tuple(fc.integer({ min: 0, max: SIZE }), fc.integer({ min: 0, max: SIZE }))
  .map(([a, b]) => ({ start: Math.min(a, b), end: Math.max(a, b) }));

test('however it is zoomed and moved, a window lies on the device and shows something', () => {
  fc.assert(
    fc.property(
      window,
      fc.double({ min: 0.01, max: 100, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (from, factor, share) => {
        for (const next of [
          zoomed(from, factor, Math.floor(from.start + share * (from.end - from.start)), SIZE),
          panned(from, share * 2 - 1, SIZE),
          around({ start: from.start, size: from.end - from.start }, SIZE),
        ]) {
          expect(next.start).toBeGreaterThanOrEqual(0);
          expect(next.end).toBeLessThanOrEqual(SIZE);
          expect(next.end).toBeGreaterThanOrEqual(next.start);
        }
      },
    ),
  );
});

test('zooming out ends at the whole device', () => {
  expect(zoomed({ start: 500, end: 600 }, 1e9, 550, 1000)).toEqual({ start: 0, end: 1000 });
});
