import { expect, test } from 'vitest';
import { sampleLayout } from '../../layout/testing/sampleLayout';
import { mapRegions } from './regions';

test('table, gaps and partitions stand in the order of the disk', () => {
  const regions = mapRegions(sampleLayout({ partitions: [{ number: 1, start: 1, size: 9 }] }));
  expect(regions.map(({ id }) => id)).toEqual(['table@0', 'free@17408', 'p1', 'free@10485760', 'table@104840704']);
});

test('what lies in an extended partition is nested, its free space included', () => {
  const regions = mapRegions(
    sampleLayout({
      type: 'mbr',
      partitions: [
        { number: 1, start: 10, size: 50, role: 'extended' },
        { number: 5, start: 11, size: 20, role: 'logical' },
      ],
    }),
  );
  expect(regions.filter(({ depth }) => depth === 1).map(({ id }) => id)).toEqual(['free@10485760', 'p5', 'free@32505856']);
});

test('a device without a table is one region', () => {
  expect(mapRegions(sampleLayout({ type: 'none', partitions: [] }))).toMatchObject([
    { kind: 'whole', start: 0, size: 104857600 },
  ]);
});

test('a partition that reaches past the end is clipped, one beyond it left out', () => {
  const regions = mapRegions(
    sampleLayout({
      partitions: [
        { number: 1, start: 90, size: 50 },
        { number: 2, start: 200, size: 5 },
      ],
    }),
  );
  expect(regions.find(({ id }) => id === 'p1')).toMatchObject({ size: 10 * 1024 * 1024 });
  expect(regions.some(({ id }) => id === 'p2')).toBe(false);
});

test('where a broken table tells nothing, nothing is called free', () => {
  const usable = { offset: 0, length: 0 };
  const regions = mapRegions({ ...sampleLayout({ partitions: [] }), usable });
  expect(regions.map(({ kind }) => kind)).toEqual(['table', 'whole', 'table']);
});
