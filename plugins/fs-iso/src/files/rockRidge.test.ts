import { expect, test } from 'vitest';
import { rockRidgeOf } from './rockRidge';

/** Both halves of the size, each in both byte orders, and the depth of its table. */
function sparse(high: number, low: number): Buffer {
  const data = Buffer.alloc(17);
  data.writeUInt32LE(high, 0);
  data.writeUInt32LE(low, 8);
  return data;
}

test('a sparse file has the size of both halves', () => {
  expect(rockRidgeOf([{ signature: 'SF', data: sparse(3, 5) }]).coded).toEqual({ how: 'sparse', size: 3 * 2 ** 32 + 5 });
});

test('a sparse file of a size that no file has is none', () => {
  expect(rockRidgeOf([{ signature: 'SF', data: sparse(0xffffffff, 5) }]).coded).toBeUndefined();
});
