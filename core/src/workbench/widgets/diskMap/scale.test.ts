import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MapScale, shareOut } from './scale';

const PEBIBYTE = 2 ** 50;

test('what is large enough is drawn to scale', () => {
  expect(shareOut([100, 300, 600], [10, 10, 10], 1000)).toEqual([100, 300, 600]);
});

test('what would be too narrow gets its floor, and the others share the rest', () => {
  const [small, large, larger] = shareOut([1, 333, 666], [40, 10, 10], 1000);
  expect(small).toBe(40);
  expect(large! / larger!).toBeCloseTo(0.5);
});

test('floors that do not fit shrink alike', () => {
  expect(shareOut([1, 1, 1, 1], [50, 50, 50, 50], 100)).toEqual([25, 25, 25, 25]);
});

test('widths are never negative and add up, for any sizes, floors and width', () => {
  const item = fc.record({ size: fc.integer({ min: 1, max: 2 ** 44 }), floor: fc.integer({ min: 0, max: 60 }) });
  fc.assert(
    fc.property(fc.array(item, { minLength: 1, maxLength: 300 }), fc.integer({ min: 1, max: 4000 }), (items, width) => {
      const widths = shareOut(
        items.map(({ size }) => size),
        items.map(({ floor }) => floor),
        width,
      );
      expect(Math.min(...widths)).toBeGreaterThanOrEqual(0);
      expect(widths.reduce((sum, value) => sum + value, 0)).toBeCloseTo(width, 6);
    }),
  );
});

test('a partition of 512 bytes on 8 PiB is as wide as its floor', () => {
  const size = 2 ** 53 - 1;
  const scale = MapScale.of([{ start: 4 * PEBIBYTE, size: 512, floor: 24 }], { start: 0, end: size }, 1000);
  expect(scale.xOf(4 * PEBIBYTE + 512) - scale.xOf(4 * PEBIBYTE)).toBeCloseTo(24);
  expect(scale.stretch(4 * PEBIBYTE, 512)).toBeGreaterThan(1e10);
  expect(scale.xOf(size)).toBe(1000);
});

test('128 partitions all have a width', () => {
  const items = Array.from({ length: 128 }, (_, index) => ({ start: index * 1000, size: 10 + index, floor: 24 }));
  const scale = MapScale.of(items, { start: 0, end: 2 ** 40 }, 700);
  for (const { start, size } of items) expect(scale.xOf(start + size) - scale.xOf(start)).toBeGreaterThan(0);
});

test('a pixel leads to the byte that is drawn there', () => {
  const scale = MapScale.of([{ start: 1000, size: 10, floor: 100 }], { start: 0, end: 1_000_000 }, 500);
  for (const offset of [0, 999, 1000, 1005, 1010, 250_000, 999_999]) {
    expect(Math.abs(scale.offsetAt(scale.xOf(offset)) - offset)).toBeLessThanOrEqual(1);
  }
});

test('overlapping items and what lies outside of the window do no harm', () => {
  const items = [
    { start: 0, size: 100, floor: 20 },
    { start: 50, size: 100, floor: 20 },
    { start: 500, size: 100, floor: 20 },
  ];
  const scale = MapScale.of(items, { start: 20, end: 200 }, 300);
  expect(scale.xOf(0)).toBe(0);
  expect(scale.xOf(600)).toBe(300);
  expect(scale.xOf(50)).toBeLessThan(scale.xOf(100));
});
