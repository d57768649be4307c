import { FailedError, MediaError } from '@diskwright/sdk/errors';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { locateMediaError } from './locateMediaError';

const first = new MediaError('bad', { device: 'disk', offset: 0, length: 1 });

function readerOf(bad: number[], onRead: () => void = () => undefined) {
  return async (offset: number, length: number): Promise<void> => {
    onRead();
    const hit = bad.some((at) => at + 512 > offset && at < offset + length);
    if (hit) throw first;
  };
}

test('finds the first bad sector of any range', async () => {
  const sector = fc.integer({ min: 0, max: 199 }).map((index) => index * 512);
  await fc.assert(
    fc.asyncProperty(fc.array(sector, { minLength: 1, maxLength: 5 }), fc.nat(511), async (bad, skew) => {
      const length = 200 * 512 - skew;
      const found = await locateMediaError(first, skew, length, 512, readerOf(bad));
      const expected = Math.max(skew, Math.min(...bad));
      expect(found.detail).toMatchObject({ device: 'disk', offset: expected });
    }),
  );
});

test('needs few reads, since each of a bad sector may take seconds', async () => {
  let reads = 0;
  await locateMediaError(
    first,
    0,
    32 * 1024 * 1024,
    512,
    readerOf([7 * 512], () => reads++),
  );
  expect(reads).toBeLessThanOrEqual(16);
});

test('another error on the way leaves the first one', async () => {
  const found = await locateMediaError(first, 0, 4096, 512, () => Promise.reject(new FailedError('gone')));
  expect(found).toBe(first);
});
