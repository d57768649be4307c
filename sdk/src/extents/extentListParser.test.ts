import { expect, test } from 'vitest';
import { ExtentList } from './extentList';
import { ExtentListParser } from './extentListParser';
import { union } from './operations';

const extents = [
  { offset: 10, length: 10 },
  { offset: 30, length: 5 },
  { offset: 2 ** 40, length: 2 ** 33 },
];
const { blob } = ExtentList.fromRanges(extents);

test('a list comes whole out of pieces of any length', () => {
  for (let pieceBytes = 1; pieceBytes <= blob.length; pieceBytes++) {
    const found: typeof extents = [];
    const parser = new ExtentListParser((offset, length) => found.push({ offset, length }));
    for (let at = 0; at < blob.length; at += pieceBytes) parser.take(blob.subarray(at, at + pieceBytes));
    parser.end();
    expect(found, `${pieceBytes}`).toEqual(extents);
    expect(parser).toMatchObject({ count: 3, covered: 15 + 2 ** 33 });
  }
});

test('a list that is cut anywhere, or goes on, is refused', () => {
  for (const bytes of [...blob.keys()]
    .map((length) => blob.subarray(0, length))
    .concat(Buffer.concat([blob, blob.subarray(16)]))) {
    const parser = new ExtentListParser();
    expect(() => {
      parser.take(bytes);
      parser.end();
    }, `${bytes.length} bytes`).toThrow(/extent/);
  }
});

test('a long list that holds all of a short one is their union as it is', () => {
  const many = Array.from({ length: 100 }, (_, index) => ({ offset: index * 10, length: 5 }));
  const long = ExtentList.fromRanges(many);
  const inside = ExtentList.fromRanges([{ offset: 41, length: 4 }]);
  expect(union(long, inside)).toBe(long);
  expect(union(inside, long)).toBe(long);
  for (const range of [
    { offset: 44, length: 2 },
    { offset: 48, length: 1 },
    { offset: 2000, length: 1 },
  ]) {
    const both = ExtentList.fromRanges([...many, range]);
    expect([...union(long, ExtentList.fromRanges([range]))]).toEqual([...both]);
  }
});
