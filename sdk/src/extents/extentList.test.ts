import { expect, test } from 'vitest';
import { ExtentList } from './extentList';
import { intersect } from './operations';

const list = ExtentList.fromRanges([
  { offset: 10, length: 10 },
  { offset: 30, length: 5 },
  { offset: 40, length: 10 },
]);

test('what lies in a range is cut to it at both ends', () => {
  expect([...list.within({ offset: 15, length: 30 })]).toEqual([
    { offset: 15, length: 5 },
    { offset: 30, length: 5 },
    { offset: 40, length: 5 },
  ]);
  expect([...list.within({ offset: 12, length: 3 })]).toEqual([{ offset: 12, length: 3 }]);
  expect([...list.within({ offset: -5, length: 100 })]).toEqual([...list]);
});

test('a range that only touches extents, or is empty, meets none', () => {
  for (const range of [
    { offset: 20, length: 10 },
    { offset: 0, length: 10 },
    { offset: 50, length: 10 },
    { offset: 15, length: 0 },
  ]) {
    expect([...list.within(range)], JSON.stringify(range)).toEqual([]);
    expect(list.meets(range), JSON.stringify(range)).toBe(false);
  }
});

test('every range holds what the intersection with it holds', () => {
  for (let offset = 0; offset < 55; offset++)
    for (let length = 1; length < 55 - offset; length++) {
      const range = { offset, length };
      const both = [...intersect(list, ExtentList.fromRanges([range]))];
      expect([...list.within(range)]).toEqual(both);
      expect(list.meets(range)).toBe(both.length > 0);
    }
});
