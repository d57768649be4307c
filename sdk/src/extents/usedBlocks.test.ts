import { expect, test } from 'vitest';
import { UsedBlocks } from './usedBlocks';

const step = 2 * 1024 * 1024;

test('joins what touches, and keeps the smallest gap while there are few pieces', () => {
  const used = new UsedBlocks(4096);
  used.add(0, 3);
  used.add(3, 1);
  used.add(5, 2);
  expect([...used.build()]).toEqual([
    { offset: 0, length: 4 * 4096 },
    { offset: 5 * 4096, length: 2 * 4096 },
  ]);
  expect(used.joinedGap).toBe(0);
});

test('gives small gaps up when there are millions of pieces, and says how large they were', () => {
  const used = new UsedBlocks(4096);
  for (let index = 0; index < 2 * step; index++) used.add(index * 2, 1);
  const extents = used.build();
  expect(extents.count).toBe(step + 1);
  expect(extents.endAt(step - 1)).toBe(((step - 1) * 2 + 1) * 4096);
  expect(extents.offsetAt(step)).toBe(step * 2 * 4096);
  expect(extents.endAt(step)).toBe((4 * step - 1) * 4096);
  expect(used.joinedGap).toBe(65536);
});
