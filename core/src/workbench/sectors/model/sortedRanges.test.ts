import { expect, it } from 'vitest';
import { meeting, neighbour } from './sortedRanges';

const ranges = [10, 20, 30].map((offset) => ({ offset, length: 5 }));

it('finds what meets a range', () => {
  expect(meeting(ranges, { offset: 14, length: 7 }).map(({ offset }) => offset)).toEqual([10, 20]);
  expect(meeting(ranges, { offset: 15, length: 5 })).toEqual([]);
});

it('goes to the next and the previous, and around', () => {
  expect(neighbour(ranges, 10, 'next')?.offset).toBe(20);
  expect(neighbour(ranges, 30, 'next')?.offset).toBe(10);
  expect(neighbour(ranges, 10, 'previous')?.offset).toBe(30);
  expect(neighbour(ranges, 12, 'previous')?.offset).toBe(10);
  expect(neighbour([], 12, 'previous')).toBeNull();
});
