import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { toolsMissing } from '../testing/tools';
import { decompressXz, decompressZstd, decompressZstdStream, zstdFrame } from './index';

const CONTENT = Buffer.concat([randomBytes(200_000), Buffer.alloc(300_000, 'repeated'), randomBytes(1000)]);

function compressed(tool: string, options: string[] = []): Buffer {
  return execFileSync(tool, ['-c', ...options], { input: CONTENT, maxBuffer: 2 ** 24, stdio: 'pipe' });
}

async function* inPieces(bytes: Buffer, length = 10_000): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

async function all(pieces: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const piece of pieces) parts.push(piece);
  return Buffer.concat(parts);
}

describe.skipIf(toolsMissing('zstd'))('zstd', () => {
  test.each([[[]], [['-19']], [['--no-check']], [['--no-content-size']]])(
    'a frame, with what follows it: %j',
    async (options) => {
      const frame = compressed('zstd', options);
      expect(zstdFrame(frame)).toMatchObject({ length: frame.length });
      const padded = Buffer.concat([frame, randomBytes(100)]);
      expect((await decompressZstd(padded, 600_000)).equals(CONTENT)).toBe(true);
    },
  );

  test('no more than is asked for, nothing of what is cut off or damaged', async () => {
    const frame = compressed('zstd');
    await expect(decompressZstd(frame, 500_000)).rejects.toThrow();
    await expect(decompressZstd(compressed('zstd', ['--no-content-size']), 500_000)).rejects.toThrow();
    await expect(decompressZstd(frame.subarray(0, -10), 600_000)).rejects.toThrow('its end is missing');
    frame[frame.length - 2]! ^= 1;
    await expect(decompressZstd(frame, 600_000)).rejects.toThrow();
  });
});

describe.skipIf(toolsMissing('zstd'))('zstd as a stream', () => {
  test.each([[[]], [['-19', '--long=27']], [['--no-content-size']], [['-T2']]])('%j', async (options) => {
    const frame = compressed('zstd', options);
    expect((await all(decompressZstdStream(inPieces(frame)))).equals(CONTENT)).toBe(true);
    const twice = Buffer.concat([frame, frame]);
    expect((await all(decompressZstdStream(inPieces(twice, 1000)))).length).toBe(CONTENT.length * 2);
  });

  test('what is damaged or cut off fails', async () => {
    const frame = compressed('zstd');
    await expect(all(decompressZstdStream(inPieces(frame.subarray(0, -10))))).rejects.toThrow('its end is missing');
    frame.fill(0xff, 150_000, 150_100);
    frame[frame.length - 1]! ^= 1;
    await expect(all(decompressZstdStream(inPieces(frame)))).rejects.toThrow();
    await expect(all(decompressZstdStream(inPieces(randomBytes(10_000))))).rejects.toThrow('damaged');
  });
});

describe.skipIf(toolsMissing('xz'))('xz', () => {
  test.each([[[]], [['-9']], [['--check=crc32']], [['--block-size=100000']]])('a stream: %j', async (options) => {
    expect((await all(decompressXz(inPieces(compressed('xz', options))))).equals(CONTENT)).toBe(true);
  });

  test('what is damaged or cut off fails, and leaves nothing behind that others would wait for', async () => {
    const stream = compressed('xz');
    await expect(all(decompressXz(inPieces(stream.subarray(0, -5))))).rejects.toThrow('its end is missing');
    const damaged = Buffer.from(stream);
    damaged[100_000]! ^= 1;
    await expect(all(decompressXz(inPieces(damaged)))).rejects.toThrow('damaged');
    await expect(all(decompressXz(inPieces(compressed('xz', ['--x86', '--lzma2']))))).rejects.toThrow('filter');
    for await (const piece of decompressXz(inPieces(stream))) {
      expect(piece.length).toBeGreaterThan(0);
      break;
    }
    expect((await all(decompressXz(inPieces(stream)))).equals(CONTENT)).toBe(true);
  });
});
