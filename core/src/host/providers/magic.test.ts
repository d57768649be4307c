import { expect, test } from 'vitest';
import { matchesMagic, neededEnds } from './magic';

const volume = Buffer.alloc(16384);
volume.write('HEAD', 1080);
volume.write('TAIL', 16384 - 512);
const ends = { size: volume.length, head: volume.subarray(0, 4096), tail: volume.subarray(-4096) };
const magic = (offset: number, text: string) => ({ offset, bytes: Buffer.from(text).toString('hex') });

test.each([
  ['at its place', [[magic(1080, 'HEAD')]], true],
  ['elsewhere', [[magic(1081, 'HEAD')]], false],
  ['from the end', [[magic(-512, 'TAIL')]], true],
  ['all of an alternative', [[magic(1080, 'HEAD'), magic(-512, 'TAIL')]], true],
  ['only some of an alternative', [[magic(1080, 'HEAD'), magic(-512, 'HEAD')]], false],
  ['any alternative', [[magic(0, 'x')], [magic(-512, 'TAIL')]], true],
  ['across the end of what was read', [[magic(4094, '\0\0\0')]], false],
  ['beyond what was read', [[magic(100_000, '\0')]], false],
  ['before the start', [[magic(-20_000, '\0')]], false],
])('magic bytes %s', (_name, alternatives, expected) => {
  expect(matchesMagic(alternatives, ends)).toBe(expected);
});

test('only what is needed is read, at both ends', () => {
  expect(neededEnds([magic(1080, 'HEAD')], 1_000_000)).toEqual({
    head: { offset: 0, length: 4096 },
    tail: { offset: 1_000_000, length: 0 },
  });
  expect(neededEnds([magic(65600, 'x'), magic(-512, 'x')], 1_000_000)).toEqual({
    head: { offset: 0, length: 69632 },
    tail: { offset: 995_904, length: 4096 },
  });
  expect(neededEnds([magic(1080, 'HEAD'), magic(-512, 'x')], 1000)).toEqual({
    head: { offset: 0, length: 1000 },
    tail: { offset: 0, length: 1000 },
  });
});
