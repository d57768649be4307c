import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readSize, writeSize } from './sizeInput';

test.each([
  ['10 MiB', 10 * 1024 * 1024],
  ['2048s', 1024 * 1024],
  ['512', 512],
  ['50%', 500 * 512],
])('%s is read', (text, bytes) => expect(readSize(text, 512, 1000 * 512)).toEqual({ bytes }));

test.each(['', 'much', '-1', '101%'])('"%s" is refused with a word on how to write it', (text) => {
  expect(readSize(text, 512, 1000)).toHaveProperty('error');
});

test('what is written reads the same', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 43 }), fc.constantFrom(1, 512, 1024 * 1024), (count, unit) => {
      const bytes = Math.min(count * unit, Number.MAX_SAFE_INTEGER);
      expect(readSize(writeSize(bytes, 512), 512, 0)).toEqual({ bytes });
    }),
  );
});
