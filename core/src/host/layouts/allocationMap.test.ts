/** @module-tag alone */
import { expect, test } from 'vitest';
import { ExtentList, ExtentListBuilder } from '@diskwright/sdk/extents';
import { cellSize, fillCells } from './allocationMap';

const list = (...ranges: [offset: number, length: number][]): ExtentList =>
  ExtentList.fromRanges(ranges.map(([offset, length]) => ({ offset, length })));

test('a cell is 0 only when all of it is free and 255 only when all of it is used', async () => {
  const extents = list([0, 1], [200_000, 99_999], [300_000, 100_000], [450_000, 25_000]);
  const { cells, usedBytes } = await fillCells(extents, { offset: 0, length: 500_000 }, 100_000);
  expect([...cells]).toEqual([1, 0, 254, 255, 64]);
  expect(usedBytes).toBe(1 + 99_999 + 100_000 + 25_000);
});

test('of a part of the volume only what lies in it counts, the last cell being shorter', async () => {
  const { cells, usedBytes } = await fillCells(list([0, 1000]), { offset: 990, length: 25 }, 10);
  expect([...cells]).toEqual([255, 0, 0]);
  expect(usedBytes).toBe(10);
});

test('cells are whole blocks, as many as asked for at most', () => {
  expect(cellSize({ offset: 0, length: 1_000_000 }, 100, 4096)).toBe(12_288);
  expect(cellSize({ offset: 0, length: 1_000_000 }, 100, null)).toBe(10_000);
  expect(cellSize({ offset: 0, length: 3 }, 100, null)).toBe(1);
});

test('a million extents are counted without keeping anybody else waiting', async () => {
  const builder = new ExtentListBuilder();
  for (let index = 0; index < 1_000_000; index++) builder.add(index * 8192, 4096);
  const extents = builder.build();
  let longest = 0;
  let last = performance.now();
  const timer = setInterval(() => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
  }, 1);
  const { cells, usedBytes } = await fillCells(extents, { offset: 0, length: extents.count * 8192 }, 131_072).finally(() =>
    clearInterval(timer),
  );
  expect(usedBytes).toBe(4096 * 1_000_000);
  expect(new Set(cells)).toEqual(new Set([128]));
  expect(longest).toBeLessThan(50);
});

test('cancelling ends it', async () => {
  const builder = new ExtentListBuilder();
  for (let index = 0; index < 100_000; index++) builder.add(index * 8192, 4096);
  const controller = new AbortController();
  const filled = fillCells(builder.build(), { offset: 0, length: 100_000 * 8192 }, 8192, controller.signal);
  controller.abort(new Error('enough'));
  await expect(filled).rejects.toThrow('enough');
});
