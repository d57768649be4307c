import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkImage, damage, fuzzParser, openImage, runTool, toolsMissing } from '@diskwright/sdk/testing';
import { describe, expect, onTestFinished, test } from 'vitest';
import plugin from './main';

const provider = plugin.imageFormats!['vdi']!;
const MIB = 1024 * 1024;

/** A disk with bytes here and there, as VDI and as QEMU reads that. */
function image(size: number, ...options: string[]): { path: string; disk: Buffer } {
  const folder = mkdtempSync(join(tmpdir(), 'diskwright-vdi-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const disk = Buffer.alloc(size);
  for (let at = MIB / 2; at < size - 300_000; at += 5 * MIB) randomBytes(300_000).copy(disk, at);
  const [raw, path] = [join(folder, 'disk.img'), join(folder, 'image.vdi')];
  writeFileSync(raw, disk);
  runTool('qemu-img', ['convert', '-f', 'raw', '-O', 'vdi', ...options, raw, path]);
  return { path, disk };
}

describe.skipIf(toolsMissing('qemu-img'))('reads as QEMU does', () => {
  test.each([
    ['dynamic', 24 * MIB, []],
    ['fixed', 24 * MIB, ['-o', 'static=on']],
    ['of a size that is no multiple of a block', 7 * MIB + 512, []],
  ])('%s', async (_, size, options) => {
    const { path, disk } = image(size, ...options);
    const opened = await openImage(provider, path);
    onTestFinished(() => opened.close());
    await checkImage(opened.image, disk);
  });

  test('of a block through which the end of the file goes nothing is made up', async () => {
    const { path, disk } = image(7 * MIB);
    truncateSync(path, readFileSync(path).length - 600 * 1024);
    const { image: cut, close } = await openImage(provider, path);
    onTestFinished(() => close());
    const { signal } = new AbortController();
    expect((await cut.read(0, 5 * MIB + 1024, signal)).equals(disk.subarray(0, 5 * MIB + 1024))).toBe(true);
    await expect(cut.read(5 * MIB, MIB, signal)).rejects.toMatchObject({
      code: 'DamagedStructure',
      message: expect.stringMatching(/ends at byte/),
    });
  });

  test('damaged images are read, or refused with typed errors, within bounds', { timeout: 3_600_000 }, async () => {
    const bytes = readFileSync(image(8 * MIB).path);
    const report = await fuzzParser({
      seeds: [{ name: 'dynamic', bytes, sectorSize: 512 }],
      cases: Number(process.env['FUZZ_CASES'] ?? 500),
      mutate(scratch, random) {
        const ranges = [
          { offset: 64, length: 400 },
          { offset: 340, length: 60 },
          { offset: bytes.readUInt32LE(0x154), length: 32 },
        ];
        for (let times = 1 + random.integer(3); times > 0; times--) damage(scratch, ranges, random);
        if (random.chance(0.1)) scratch.truncate(random.integer(bytes.length));
      },
      async run(source) {
        const { signal } = new AbortController();
        const { image: opened } = await openImage(provider, source);
        if (opened.size === 0) return;
        await opened.extents(0, opened.size, signal);
        await opened.read(0, Math.min(opened.size, 65536), signal);
      },
    });
    expect(report.completed).toBeGreaterThan(report.cases / 10);
  });
});
