import { describe, expect, test } from 'vitest';
import { formatExactSize, formatSize, parseSize } from './size';

describe('parseSize', () => {
  test.each([
    ['512', 512],
    ['0', 0],
    ['4K', 4096],
    ['1.5GiB', 1_610_612_736],
    ['20MB', 20_000_000],
    ['2048s', 2048 * 4096],
    ['0x1F400', 128_000],
    [' 8 MiB ', 8_388_608],
  ])('takes %s', (text, bytes) => {
    expect(parseSize(text, 4096, '--at')).toBe(bytes);
  });

  test.each(['', '-1', '9e99', '1.5', '1,5K', 'abc', '99999999999999999999', '9P1', 'NaN'])(
    'refuses "%s", naming the option',
    (text) => {
      expect(() => parseSize(text, 512, '--at')).toThrow(`--at "${text}" is`);
    },
  );
});

test('sizes are shown with one decimal at most, and none where they are exact', () => {
  expect([0, 1023, 1024, 1536, 16 * 2 ** 20, 105_000_000, 2 ** 50].map(formatSize)).toEqual([
    '0 B',
    '1023 B',
    '1 KiB',
    '1.5 KiB',
    '16 MiB',
    '100 MiB',
    '1 PiB',
  ]);
});

test('no size is shown as 1024 of the smaller unit', () => {
  expect(formatSize(1024 * 1024 - 1)).toBe('1.0 MiB');
});

test('the exact size is told beside the rounded one', () => {
  expect(formatExactSize(69_632)).toBe('68 KiB (69632 bytes)');
  expect(formatExactSize(5)).toBe('5 bytes');
});
