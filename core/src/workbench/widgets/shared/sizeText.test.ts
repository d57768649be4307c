import { expect, test } from 'vitest';
import { exactSizeText, formatDecimalSize } from './sizeText';

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1 kB'],
  [1_500_000, '1.5 MB'],
  [999_999, '1.0 MB'],
  [2_000_398_934_016, '2.0 TB'],
])('%i bytes', (bytes, expected) => {
  expect(formatDecimalSize(bytes)).toBe(expected);
});

test('exact sizes are set in thousands', () => {
  expect(exactSizeText(1572864)).toBe('1\u202f572\u202f864 bytes');
  expect(exactSizeText(1)).toBe('1 byte');
});
