import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkImage, damage, fuzzParser, openImage, runTool, toolsMissing } from '@diskwright/sdk/testing';
import { describe, expect, onTestFinished, test } from 'vitest';
import plugin from './main';
import { differencing } from './testing/differencing';

const provider = plugin.imageFormats!['vhd']!;
const MIB = 1024 * 1024;

/** A disk with bytes here and there, as VHD and as QEMU reads that. */
function image(size: number, ...options: string[]): { folder: string; path: string; disk: Buffer } {
  const folder = mkdtempSync(join(tmpdir(), 'diskwright-vhd-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const content = Buffer.alloc(size);
  for (let at = MIB / 2; at < size - 300_000; at += 5 * MIB) randomBytes(300_000).copy(content, at);
  const [raw, path, plain] = ['disk.img', 'image.vhd', 'plain.img'].map((name) => join(folder, name)) as [string, string, string];
  writeFileSync(raw, content);
  runTool('qemu-img', ['convert', '-f', 'raw', '-O', 'vpc', ...options, raw, path]);
  // QEMU rounds sizes up to whole cylinders.
  runTool('qemu-img', ['convert', '-f', 'vpc', '-O', 'raw', path, plain]);
  return { folder, path, disk: readFileSync(plain) };
}

async function open(path: string) {
  const opened = await openImage(provider, path);
  onTestFinished(() => opened.close());
  return opened.image;
}

describe.skipIf(toolsMissing('qemu-img'))('reads as QEMU does', () => {
  test.each([
    ['dynamic', 24 * MIB, []],
    ['dynamic, of an exact size', 24 * MIB + 512, ['-o', 'force_size=on']],
    ['fixed', 24 * MIB, ['-o', 'subformat=fixed']],
  ])('%s', async (_, size, options) => {
    const { path, disk } = image(size, ...options);
    await checkImage(await open(path), disk);
  });

  test('the copy of the footer stands in for one that is lost', async () => {
    const { path, disk } = image(8 * MIB, '-o', 'force_size=on');
    writeFileSync(path, readFileSync(path).subarray(0, -512));
    const opened = await open(path);
    expect(opened.describe().warnings).toHaveLength(1);
    await checkImage(opened, disk);
  });

  test('damaged images are read, or refused with typed errors, within bounds', { timeout: 3_600_000 }, async () => {
    const bytes = readFileSync(image(8 * MIB).path);
    const report = await fuzzParser({
      seeds: [{ name: 'dynamic', bytes, sectorSize: 512 }],
      cases: Number(process.env['FUZZ_CASES'] ?? 500),
      mutate(scratch, random) {
        const ranges = [
          { offset: 0, length: 96 },
          { offset: 512, length: 128 },
          { offset: 1536, length: 32 },
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

/** No tool here writes these: they are made by the specification. */
describe.skipIf(toolsMissing('qemu-img'))('a differencing disk', () => {
  test('has its own sectors, and the rest of its parent', async () => {
    const { folder, path, disk } = image(8 * MIB, '-o', 'force_size=on');
    const own = randomBytes(5 * 512);
    const child = join(folder, 'child.vhd');
    writeFileSync(child, differencing(readFileSync(path), 'image.vhd', { sector: 1000, bytes: own }));
    own.copy(disk, 1000 * 512);
    const opened = await open(child);
    expect(opened.describe().details).toContainEqual(['parents', 'image.vhd']);
    await checkImage(opened, disk);
  });

  test('does not take another disk for its parent', async () => {
    const { folder, path } = image(8 * MIB, '-o', 'force_size=on');
    const child = join(folder, 'child.vhd');
    writeFileSync(child, differencing(readFileSync(path), 'image.vhd', { sector: 0, bytes: Buffer.alloc(512) }));
    runTool('qemu-img', ['create', '-q', '-f', 'vpc', path, '8M']);
    await expect(open(child)).rejects.toMatchObject({ code: 'DamagedStructure', message: expect.stringMatching(/identifier/) });
  });
});
