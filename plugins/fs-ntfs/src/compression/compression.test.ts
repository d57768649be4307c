import { expect, test } from 'vitest';
import { SeededRandom } from '@diskwright/sdk/testing';
import { encodeXpress } from '../testing/xpressEncoder';
import { decompressLznt1 } from './lznt1';
import { decompressXpress } from './xpress';

test('XPRESS: the first example of MS-XCA 3.2', () => {
  const table = Buffer.alloc(256);
  Buffer.from('5055555555555555555555454404', 'hex').copy(table, 48);
  table[128] = 0x04;
  const codes = Buffer.from('d8523ed794115be9195ff9d67cdf8d0400000000', 'hex');
  expect(decompressXpress(Buffer.concat([table, codes]), 26)?.toString()).toBe('abcdefghijklmnopqrstuvwxyz');
});

test('XPRESS: matches of all lengths come back', () => {
  const random = new SeededRandom(3);
  const long = Buffer.concat([random.bytes(50), Buffer.alloc(9000, 'ab'), random.bytes(3000), Buffer.alloc(40, 'xyz')]);
  expect(decompressXpress(encodeXpress(long), long.length)?.equals(long)).toBe(true);
});

test('LZNT1: bytes, copies that overlap themselves, and a chunk that is stored as it is', () => {
  // Flags for eight items: two bytes, then a copy from 2 bytes back, 8 bytes long.
  const compressed = Buffer.from([0x04, 0xb0, 0x04, 0x61, 0x62, 0x05, 0x10]);
  expect(decompressLznt1(compressed, 10)?.toString()).toBe('ababababab');
  const stored = Buffer.concat([Buffer.from([0xff, 0x3f]), Buffer.alloc(4096, 'x'), compressed]);
  expect(decompressLznt1(stored, 4106)?.toString()).toBe(`${'x'.repeat(4096)}ababababab`);
});

test('damaged bytes are no content, and no crash', () => {
  const random = new SeededRandom(5);
  const content = Buffer.alloc(4096, 'some text, again and again. ');
  const packed = encodeXpress(content);
  for (let round = 0; round < 500; round++) {
    const damaged = Buffer.from(packed);
    for (let flips = 0; flips < 4; flips++) damaged[random.integer(damaged.length)] = random.integer(256);
    expect(decompressXpress(damaged, 4096)?.length ?? 4096).toBe(4096);
    expect(decompressLznt1(damaged, 4096)?.length ?? 4096).toBe(4096);
  }
});
