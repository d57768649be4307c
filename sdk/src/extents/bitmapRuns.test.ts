import { SeededRandom } from '../testing/index';
import { expect, test } from 'vitest';
import { walkBitmap } from './bitmapRuns';

/** The runs as a string of bits, the slow way round. */
function bitsOf(bitmap: Buffer, bits: number): { text: string; free: number } {
  const text = Array<string>(bits).fill('0');
  const free = walkBitmap(bitmap, bits, (first, count) => text.fill('1', first, first + count));
  return { text: text.join(''), free };
}
const plainBits = (bitmap: Buffer, bits: number): string =>
  [...bitmap]
    .map((byte) => byte.toString(2).padStart(8, '0').split('').reverse().join(''))
    .join('')
    .slice(0, bits);

test('finds runs across words, bytes and at the end, and ignores padding', () => {
  const bitmap = Buffer.from('ffffffffffffffff0f00000000000000000080ff', 'hex');
  expect(bitsOf(bitmap, 155)).toEqual({ text: plainBits(bitmap, 155), free: 155 - 68 - 4 });
});

test('equals the plain reading of random bitmaps of any length and alignment', () => {
  const seed = Date.now() % 0x100000000;
  process.stdout.write(`seed ${seed}\n`);
  const random = new SeededRandom(seed);
  for (let round = 0; round < 200; round++) {
    const bytes = random.bytes(1 + random.integer(64));
    for (let at = 0; at < bytes.length; at++) if (random.chance(0.6)) bytes[at] = random.pick([0, 0xff]);
    const bitmap = Buffer.concat([Buffer.alloc(round % 4), bytes]).subarray(round % 4);
    const bits = random.integer(bytes.length * 8 + 1);
    const expected = plainBits(bitmap, bits);
    expect(bitsOf(bitmap, bits)).toEqual({ text: expected, free: expected.replace(/1/g, '').length });
  }
});

test('each run is reported once', () => {
  const runs: [number, number][] = [];
  walkBitmap(Buffer.from('f0ffffffffffffff00000000000000ff', 'hex'), 128, (first, count) => runs.push([first, count]));
  expect(runs).toEqual([
    [4, 60],
    [120, 8],
  ]);
});
