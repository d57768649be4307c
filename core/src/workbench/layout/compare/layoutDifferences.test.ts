import { expect, test } from 'vitest';
import { sampleLayout } from '../testing/sampleLayout';
import { layoutDifferences } from './layoutDifferences';

const before = sampleLayout({
  partitions: [
    { number: 1, start: 1, size: 9 },
    { number: 2, start: 10, size: 20 },
  ],
}).layout;
const texts = (partitions: Parameters<typeof sampleLayout>[0]['partitions']): string[] =>
  layoutDifferences(before, sampleLayout({ partitions }).layout).map(({ text }) => text);

test('layouts alike differ in nothing', () => {
  expect(layoutDifferences(before, before)).toEqual([]);
});

test('what moves, grows, appears and vanishes is told in words', () => {
  expect(
    texts([
      { number: 2, start: 40, size: 30 },
      { number: 3, start: 80, size: 5 },
    ]),
  ).toEqual([
    'Partition 1 goes away: 9 MiB at 1 MiB',
    'Partition 2 goes away: 20 MiB at 10 MiB',
    'Partition 2 appears: 30 MiB at 40 MiB',
    'Partition 3 appears: 5 MiB at 80 MiB',
  ]);
  expect(
    texts([
      { number: 1, start: 1, size: 5 },
      { number: 2, start: 50, size: 20 },
    ]),
  ).toEqual(['Partition 1 shrinks by 4 MiB to 5 MiB', 'Partition 2 moves from 10 MiB to 50 MiB']);
});

test('without a layout before, everything appears', () => {
  expect(layoutDifferences(null, before).map(({ kind }) => kind)).toEqual(['appears', 'appears']);
});
