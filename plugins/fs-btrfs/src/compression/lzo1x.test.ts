import { expect, test } from 'vitest';
import { SeededRandom } from '@diskwright/sdk/testing';
import { decompressLzo1x } from './lzo1x';
import { decompressLzoExtent } from './lzoExtent';

// Streams by hand, from the description; what the kernel writes is read in images.test.ts.
const END = [0x11, 0, 0];

test('runs of literals and matches that reach into themselves', () => {
  // 4 literals, then a match of 4 bytes 2 back, with one literal behind.
  const stream = Buffer.from([21, ...Buffer.from('abcd'), 0x65, 0, ...Buffer.from('X'), ...END]);
  expect(decompressLzo1x(stream, 100)?.toString()).toBe('abcdcdcdX');
});

test('long runs count zeros', () => {
  const literals = Buffer.alloc(3 + 15 + 255 + 9, 'q');
  expect(decompressLzo1x(Buffer.from([0, 0, 9, ...literals, ...END]), 1000)?.equals(literals)).toBe(true);
});

test('what is cut off, too long or refers to before the beginning is refused', () => {
  const stream = Buffer.from([21, ...Buffer.from('abcd'), 0x65, 0, ...Buffer.from('X'), ...END]);
  for (let length = 0; length < stream.length; length++) expect(decompressLzo1x(stream.subarray(0, length), 100)).toBeNull();
  expect(decompressLzo1x(stream, 8)).toBeNull();
  expect(decompressLzo1x(Buffer.from([21, ...Buffer.from('abcd'), 0x61, 9, ...END]), 100)).toBeNull();
});

test('any bytes end in an answer within bounds', () => {
  const random = new SeededRandom(1);
  for (let round = 0; round < 20_000; round++) {
    const bytes = random.bytes(random.integer(60));
    expect((decompressLzo1x(bytes, 200)?.length ?? 0) <= 200).toBe(true);
    expect((decompressLzoExtent(bytes, 200, 4096)?.length ?? 0) <= 200).toBe(true);
  }
});
