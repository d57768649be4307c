import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { damage, fuzzParser, openImage, SeededRandom, toolsMissing } from '@diskwright/sdk/testing';
import { describe, expect, onTestFinished, test } from 'vitest';
import plugin from './main';

const MIB = 1024 * 1024;
const TOOLS = ['gzip', 'zstd', 'xz'] as const;
const { signal } = new AbortController();

function compressed(tool: string, content: Buffer, ...options: string[]): Buffer {
  return execFileSync(tool, ['-c', ...options], { input: content, maxBuffer: 64 * MIB, stdio: 'pipe' });
}

function disk(size: number): Buffer {
  const bytes = Buffer.alloc(size);
  for (let at = 0; at < size; at += MIB) randomBytes(Math.min(100_000, size - at)).copy(bytes, at);
  return bytes;
}

async function open(tool: string, bytes: Buffer) {
  const folder = mkdtempSync(join(tmpdir(), 'diskwright-compressed-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'file'), bytes);
  const opened = await openImage(plugin.imageFormats![tool]!, join(folder, 'file'));
  onTestFinished(() => opened.close());
  return opened.image;
}

describe.skipIf(toolsMissing(...TOOLS))('holds what was compressed', () => {
  test.each([
    ['gzip', []],
    ['zstd', []],
    ['zstd', ['--no-check', '-19']],
    ['xz', []],
    ['xz', ['--block-size=300000', '--check=crc32']],
  ])('%s %j', async (tool, options) => {
    const content = disk(5 * MIB + 700);
    const image = await open(tool, compressed(tool, content, ...options));
    expect(image).toMatchObject({ size: content.length });
    for (let at = 0; at < content.length; at += MIB) {
      const length = Math.min(MIB, content.length - at);
      expect((await image.read(at, length, signal)).equals(content.subarray(at, at + length))).toBe(true);
    }
    const random = new SeededRandom(1, 0);
    for (let count = 0; count < 10; count++) {
      const at = random.integer(content.length - 5000);
      expect((await image.read(at, 5000, signal)).equals(content.subarray(at, at + 5000))).toBe(true);
    }
  });

  test.each(['gzip', 'zstd'])('several pieces of %s, one behind the other', async (tool) => {
    const content = disk(MIB);
    const piece = compressed(tool, content);
    const image = await open(tool, Buffer.concat([piece, piece]));
    expect((await image.read(0, image.size, signal)).equals(Buffer.concat([content, content]))).toBe(true);
  });

  test.each(TOOLS)('a cut-off file of %s is refused', async (tool) => {
    const bytes = compressed(tool, disk(MIB));
    await expect(open(tool, bytes.subarray(0, -100))).rejects.toMatchObject({ code: 'DamagedStructure' });
  });

  test('damaged files are read as they were, or refused with typed errors, within bounds', { timeout: 3_600_000 }, async () => {
    const content = disk(MIB / 4);
    // What is wrong is found at many places: the damage is not so crude that all ends at the first look.
    const reasons = new Map(TOOLS.map((tool) => [tool as string, new Set<string>()]));
    const report = await fuzzParser({
      seeds: TOOLS.map((name) => ({ name, bytes: compressed(name, content), sectorSize: 512 as const })),
      cases: Number(process.env['FUZZ_CASES'] ?? 500),
      mutate(scratch, random, { bytes }) {
        const ranges = [
          { offset: 8, length: 64 },
          { offset: 8, length: bytes.length - 8 },
          { offset: bytes.length - 64, length: 64 },
        ];
        damage(scratch, ranges, random);
        if (random.chance(0.1)) scratch.truncate(random.integer(bytes.length));
      },
      async run(source, { name }) {
        const { image, close } = await openImage(plugin.imageFormats![name]!, source).catch((error: Error) => {
          reasons.get(name)!.add(error.message.replace(/\d+/g, 'N'));
          throw error;
        });
        try {
          const length = Math.min(image.size, MIB);
          // Their checksums go over all that is in them: what is taken for whole is whole, up to where it ends.
          expect((await image.read(0, length, signal)).equals(content.subarray(0, length))).toBe(true);
        } finally {
          await close();
        }
      },
    });
    if (report.cases < 500) return;
    // A stream is checked as a whole before it is opened, so that nearly all damage is refused; some hits what does not count.
    expect(report.completed).toBeGreaterThan(0);
    expect(Object.keys(report.refused)).toEqual(['DamagedStructure']);
    for (const found of reasons.values()) expect(found.size).toBeGreaterThan(1);
  });
});
