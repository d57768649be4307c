import { expect, test } from 'vitest';
import { extentHeading, extentLines } from './extentLines';

test('extents stand below the heading, aligned to the right', () => {
  const extents = [
    { offset: 0, length: 10 },
    { offset: 4096, length: Number.MAX_SAFE_INTEGER },
  ];
  expect(`${extentHeading}${extentLines(extents).toString()}`.split('\n')).toEqual([
    '          offset            length',
    '               0                10',
    '            4096  9007199254740991',
    '',
  ]);
});
