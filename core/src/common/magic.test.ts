import { expect, test } from 'vitest';
import { matchesMagic, neededRanges } from './magic';

const volume = Buffer.alloc(16384);
volume.write('HEAD', 1080);
volume.write('TAIL', 16384 - 512);
const pieces = [
  { offset: 0, bytes: volume.subarray(0, 4096) },
  { offset: 12_288, bytes: volume.subarray(-4096) },
];
const magic = (offset: number, text: string, endMultiple?: number) => ({
  offset,
  bytes: Buffer.from(text).toString('hex'),
  ...(endMultiple && { endMultiple }),
});

test.each([
  ['at its place', [[magic(1080, 'HEAD')]], true],
  ['elsewhere', [[magic(1081, 'HEAD')]], false],
  ['from the end', [[magic(-512, 'TAIL')]], true],
  ['all of an alternative', [[magic(1080, 'HEAD'), magic(-512, 'TAIL')]], true],
  ['only some of an alternative', [[magic(1080, 'HEAD'), magic(-512, 'HEAD')]], false],
  ['any alternative', [[magic(0, 'x')], [magic(-512, 'TAIL')]], true],
  ['across the end of what was read', [[magic(4094, '\0\0\0')]], false],
  ['beyond what was read', [[magic(100_000, '\0')]], false],
  ['from an end that is rounded down', [[magic(-512, 'TAIL', 16384)]], true, 16384 + 1536],
  ['from an end that is not', [[magic(-512, 'TAIL')]], false, 16384 + 1536],
  ['before the start', [[magic(-20_000, '\0')]], false],
])('magic bytes %s', (_name, alternatives, expected, size = volume.length) => {
  expect(matchesMagic(alternatives, { size, pieces })).toBe(expected);
});

test('only what is needed is read, in pages, near ones at once', () => {
  expect(neededRanges([magic(1080, 'HEAD')], 1_000_000)).toEqual([{ offset: 0, length: 4096 }]);
  expect(neededRanges([magic(65600, 'x'), magic(45_056, 'x'), magic(4094, 'HEAD'), magic(-512, 'x')], 1_000_000)).toEqual([
    { offset: 0, length: 8192 },
    { offset: 45_056, length: 24_576 },
    { offset: 999_424, length: 576 },
  ]);
  expect(neededRanges([magic(1080, 'HEAD'), magic(-512, 'x')], 1000)).toEqual([{ offset: 0, length: 1000 }]);
  expect(neededRanges([magic(2_000_000, 'x')], 1_000_000)).toEqual([]);
  // 15 × 65 536 is the last whole multiple.
  expect(neededRanges([magic(-65_536, 'x', 65_536)], 1_000_000)).toEqual([{ offset: 14 * 65_536, length: 4096 }]);
});
