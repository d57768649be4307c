import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rowForKey, rowWindow, scrollToRow, typeAhead } from './rowWindow';

test('every row in sight is drawn, and not many more', () => {
  fc.assert(
    fc.property(fc.nat(20_000), fc.integer({ min: 1, max: 900 }), fc.nat(500_000), (count, height, scroll) => {
      const scrollTop = Math.min(scroll, Math.max(0, count * 22 - height));
      const { first, end } = rowWindow(scrollTop, height, 22, count);
      expect(first).toBeGreaterThanOrEqual(0);
      expect(end).toBeLessThanOrEqual(count);
      expect(first * 22).toBeLessThanOrEqual(scrollTop);
      expect(end === count || end * 22 >= scrollTop + height).toBe(true);
      expect(end - first).toBeLessThanOrEqual(height / 22 + 18);
    }),
  );
});

test('scrolling goes no further than needed', () => {
  expect(scrollToRow(0, 100, 220, 22)).toBe(0);
  expect(scrollToRow(5, 100, 220, 22)).toBe(100);
  expect(scrollToRow(20, 100, 220, 22)).toBe(242);
});

test.each([
  ['ArrowDown', -1, 0],
  ['ArrowDown', 9, 9],
  ['ArrowUp', 0, 0],
  ['PageDown', 2, 6],
  ['PageUp', 2, 0],
  ['Home', 5, 0],
  ['End', 5, 9],
  ['a', 5, null],
])('%s from %i goes to %s', (key, from, expected) => {
  expect(rowForKey(key, from, 10, 5)).toBe(expected);
});

test('typing finds the next row that begins so', () => {
  const labels = ['boot', 'data', 'backup', 'Boot2'];
  const find = (typed: string, current: number): number => typeAhead(typed, (row) => labels[row]!, current, labels.length);
  expect(find('b', 0)).toBe(2);
  expect(find('bb', 2)).toBe(3);
  expect(find('bo', 0)).toBe(0);
  expect(find('ba', 0)).toBe(2);
  expect(find('x', 0)).toBe(-1);
});
