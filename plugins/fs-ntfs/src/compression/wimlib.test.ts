import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ImageFile, SeededRandom, toolsMissing } from '@diskwright/sdk/testing';
import { compressByWimlib } from '../testing/wimStream';
import { decompressLzx } from './lzx';
import { decompressXpress } from './xpress';

const random = new SeededRandom(23);
const contents: Record<string, Buffer> = {
  text: Buffer.from(Array.from({ length: 9000 }, (_, index) => `line ${index} of ${random.integer(99)} words\n`).join('')),
  // Machine code: what is called is made absolute before it is compressed.
  'machine code': readFileSync(process.execPath).subarray(20_000_000, 20_300_000),
  'what repeats itself': Buffer.alloc(150_000, 'abcabcd'),
  'what is random in part': Buffer.concat([random.bytes(40_000), Buffer.alloc(40_000, 1), random.bytes(20_000)]),
};

describe.skipIf(toolsMissing('wimlib-imagex'))('what wimlib compressed comes back', () => {
  test.each([
    ['LZX', 32_768, decompressLzx],
    ['XPRESS', 4096, decompressXpress],
    ['XPRESS', 8192, decompressXpress],
    ['XPRESS', 16_384, decompressXpress],
  ] as const)('%s in chunks of %i', { timeout: 60_000 }, (algorithm, chunkBytes, decompress) => {
    const scratch = new ImageFile();
    onTestFinished(() => scratch.remove());
    for (const [name, content] of Object.entries(contents)) {
      const stream = compressByWimlib(join(scratch.folder, name), content, algorithm, chunkBytes);
      const count = Math.ceil(content.length / chunkBytes);
      const starts = Array.from({ length: count }, (_, index) => (index === 0 ? 0 : stream.readUInt32LE((index - 1) * 4)));
      const first = (count - 1) * 4;
      let compressed = 0;
      for (const [index, start] of starts.entries()) {
        const chunk = stream.subarray(first + start, first + (starts[index + 1] ?? stream.length - first));
        const expected = content.subarray(index * chunkBytes, (index + 1) * chunkBytes);
        if (chunk.length === expected.length) continue;
        compressed++;
        expect(decompress(chunk, expected.length)?.equals(expected), `${name}, chunk ${index}`).toBe(true);
      }
      expect(compressed, name).toBeGreaterThan(0);
    }
  });

  test('damaged LZX is no content, and no crash', () => {
    const scratch = new ImageFile();
    onTestFinished(() => scratch.remove());
    const content = contents['text']!.subarray(0, 32_768);
    const chunk = compressByWimlib(join(scratch.folder, 'text'), content, 'LZX', 32_768);
    for (let round = 0; round < 300; round++) {
      const damaged = Buffer.from(chunk);
      for (let flips = 0; flips < 4; flips++) damaged[random.integer(damaged.length)] = random.integer(256);
      expect(decompressLzx(damaged, content.length)?.length ?? content.length).toBe(content.length);
    }
  });
});
