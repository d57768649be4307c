import { describe, expect, it } from 'vitest';
import { ExpressionError, goToOffset, type GoToContext } from './goTo';

const mebibyte = 2 ** 20;
const context: GoToContext = {
  size: 64 * mebibyte,
  sectorSize: 512,
  cursor: 10_000,
  partitions: [
    { number: 1, start: mebibyte, size: 16 * mebibyte },
    { number: 2, start: 20 * mebibyte, size: 30 * mebibyte },
    { number: 3, start: 50 * mebibyte, size: 10 * mebibyte },
  ],
  // Partition 3 numbers them as FAT does: from 2, behind its tables.
  blocks: (partition) =>
    partition === 2
      ? { size: 4096, first: { number: 0, offset: 0 } }
      : partition === 3
        ? { size: 2048, first: { number: 2, offset: 10_240 } }
        : null,
  record: (partition, word, number) =>
    partition === 2 && word === 'inode'
      ? { offset: 21 * mebibyte + number * 256 }
      : { problem: `ntfs has "mft ${number}" instead` },
  bookmark: (name) => (name.toLowerCase() === 'boot sector' || name === 'boot' ? 4711 : null),
};
const at = (text: string): number => goToOffset(text, context);

describe('places that can be gone to', () => {
  it.each([
    ['0x1F400', 128_000],
    ['128000', 128_000],
    ['lba 2048', mebibyte],
    ['LBA (2 * 1024)', mebibyte],
    ['p2', 20 * mebibyte],
    ['p2:', 20 * mebibyte],
    ['p2:0', 20 * mebibyte],
    ['p2:0x200', 20 * mebibyte + 512],
    ['p2:lba 4', 20 * mebibyte + 2048],
    ['p2:cluster 5', 20 * mebibyte + 5 * 4096],
    ['p2:block 5 + 0x10', 20 * mebibyte + 5 * 4096 + 16],
    ['p3:cluster 2', 50 * mebibyte + 10_240],
    ['p3:(cluster 5 + cluster 1)', 50 * mebibyte + 10_240 + 4 * 2048],
    ['p3:(cluster 3 + 1)', 50 * mebibyte + 10_240 + 2048 + 1],
    ['p2:(1K + 1)', 20 * mebibyte + 1025],
    ['p2:inode 12', 21 * mebibyte + 12 * 256],
    ['p2:inode 12 + 4', 21 * mebibyte + 12 * 256 + 4],
    ['p1:end - 1s', 17 * mebibyte - 512],
    ['+1s', 10_512],
    ['-4Ki', 10_000 - 4096],
    ['+ 2 * 1s', 11_024],
    ['end-33s', 64 * mebibyte - 33 * 512],
    ['end', 64 * mebibyte - 1],
    ['start', 0],
    ['@boot', 4711],
    ['@"boot sector" + 1', 4712],
    ['here + 1', 10_001],
    ['1.5KiB', 1536],
    ['1KB', 1000],
    ['1MB', 1_000_000],
    ['2M', 2 * mebibyte],
    ['2 + 3 * 4', 14],
    ['(2 + 3) * 4', 20],
  ])('%s', (text, offset) => {
    expect(at(text)).toBe(offset);
  });

  it('a block without a partition is one of the partition that the cursor is in', () => {
    const inside = { ...context, cursor: 51 * mebibyte };
    expect(goToOffset('cluster 3', inside)).toBe(50 * mebibyte + 10_240 + 2048);
    expect(goToOffset('block 3', { ...context, cursor: 20 * mebibyte })).toBe(20 * mebibyte + 3 * 4096);
    expect(goToOffset('+cluster 3', inside)).toBe(51 * mebibyte + 3 * 2048);
  });

  it('reaches the last byte of 8 PiB exactly', () => {
    const size = Number.MAX_SAFE_INTEGER;
    expect(goToOffset('end - 1', { ...context, size })).toBe(size - 1);
    expect(goToOffset('0x1FFFFFFFFFFFFE', { ...context, size })).toBe(size - 1);
  });
});

describe('files', () => {
  const files: GoToContext = {
    ...context,
    fileByte: (partition, path, at) =>
      path === '/later'
        ? null
        : path === '/none'
          ? { problem: 'there is no /none' }
          : { offset: partition * 1000 + path.length * 10 + at },
  };

  it.each([
    ['p2:/a', 2020],
    ['p1:/a b:c', 1060],
    ['p2:/ab:3Ki', 2030 + 3072],
    ['p2:/ab:0x10', 2030 + 16],
  ])('%s', (text, offset) => expect(goToOffset(text, files)).toBe(offset));

  it('a path without a partition is one of the partition that the cursor is in', () => {
    expect(goToOffset('/a', { ...files, cursor: 51 * mebibyte })).toBe(3020);
    expect(goToOffset('/a', { ...files, partitions: [] })).toBe(20);
    expect(() => goToOffset('/a', { ...files, cursor: 0 })).toThrow(/name the partition/);
  });

  it('says that it is being looked up, or that there is none', () => {
    expect(() => goToOffset('p1:/later', files)).toThrow(/being looked up/);
    expect(() => goToOffset('p1:/none', files)).toThrow(/there is no/);
  });
});

describe('what is wrong is said with its place', () => {
  it.each([
    ['', /type a place/, 0],
    ['lba', /whole number/, 3],
    ['p9:0', /no partition 9; there are p1, p2, p3/, 0],
    ['1F400', /hexadecimal numbers are written as 0x/, 1],
    ['200h', /hexadecimal numbers are written as 0x/, 3],
    ['0x', /hexadecimal numbers are written as 0x/, 1],
    ['12 34', /operator/, 3],
    ['(1 + 2', /never closed/, 0],
    ['1 + ', /missing/, 4],
    ['@nowhere', /no bookmark "nowhere"/, 0],
    ['p1:cluster 5', /cluster size of partition 1/, 3],
    ['p3:cluster 1', /clusters of partition 3 have numbers from 2 on/, 11],
    ['99PiB', /larger than any device/, 0],
    ['65M', /behind the end/, 0],
    ['-1M', /before the start/, 0],
    ['5 & 3', /"&" has no meaning/, 2],
    ['foo', /"foo" is no place/, 0],
    ['1.5', /whole number of bytes/, 0],
  ])('%j', (text, message, position) => {
    let thrown: unknown;
    try {
      at(text);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(ExpressionError);
    expect((thrown as ExpressionError).message).toMatch(message);
    expect((thrown as ExpressionError).at).toBe(position);
  });
});
