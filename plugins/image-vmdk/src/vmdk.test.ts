import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkImage, damage, fuzzParser, openImage, runTool, toolsMissing } from '@diskwright/sdk/testing';
import { describe, expect, onTestFinished, test } from 'vitest';
import plugin from './main';
import { withFooter } from './testing/withFooter';

const provider = plugin.imageFormats!['vmdk']!;
const MIB = 1024 * 1024;

/** A disk with bytes here and there, as VMDK and as QEMU reads that. */
function image(size: number, ...options: string[]): { folder: string; path: string; disk: Buffer } {
  const folder = mkdtempSync(join(tmpdir(), 'diskwright-vmdk-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const content = Buffer.alloc(size);
  for (let at = MIB / 2; at < size - 300_000; at += 5 * MIB) randomBytes(300_000).copy(content, at);
  content.fill('repeated', 2 * MIB, 3 * MIB);
  const [raw, path] = [join(folder, 'disk.img'), join(folder, 'image.vmdk')];
  writeFileSync(raw, content);
  runTool('qemu-img', ['convert', '-f', 'raw', '-O', 'vmdk', ...options, raw, path]);
  return { folder, path, disk: plain(path) };
}

/** What QEMU reads in an image. */
function plain(path: string): Buffer {
  runTool('qemu-img', ['convert', '-f', 'vmdk', '-O', 'raw', path, `${path}.plain`]);
  return readFileSync(`${path}.plain`);
}

async function open(path: string) {
  const opened = await openImage(provider, path);
  onTestFinished(() => opened.close());
  return opened.image;
}

const of = (kind: string, more = ''): string[] => ['-o', `subformat=${kind}${more}`];

describe.skipIf(toolsMissing('qemu-img', 'qemu-io'))('reads as QEMU does', () => {
  test.each([
    ['monolithicSparse', 24 * MIB, []],
    ['monolithicSparse, of an odd size', 24 * MIB + 512, []],
    ['monolithicSparse, with grains of zeros', 24 * MIB, of('monolithicSparse', ',zeroed_grain=on')],
    ['monolithicFlat', 24 * MIB + 512, of('monolithicFlat')],
    ['twoGbMaxExtentSparse', 24 * MIB, of('twoGbMaxExtentSparse')],
    ['twoGbMaxExtentFlat', 24 * MIB, of('twoGbMaxExtentFlat')],
    ['streamOptimized', 24 * MIB, of('streamOptimized')],
    ['streamOptimized, of an odd size', 7 * MIB + 1536, of('streamOptimized')],
    ['as VMware 6 has it', 24 * MIB, of('monolithicSparse', ',compat6=on')],
  ])('%s', async (_, size, options) => {
    const { path, disk } = image(size, ...options);
    await checkImage(await open(path), disk);
  });

  test.each(['twoGbMaxExtentSparse', 'twoGbMaxExtentFlat'])('a disk in three files: %s', async (kind) => {
    const folder = mkdtempSync(join(tmpdir(), 'diskwright-vmdk-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const path = join(folder, 'large.vmdk');
    runTool('qemu-img', ['create', '-q', '-f', 'vmdk', ...of(kind), path, '5G']);
    // Over the border of the first two files.
    runTool('qemu-io', ['-f', 'vmdk', '-c', 'write -P 7 2147418112 131072', '-c', 'write -P 9 5367660544 1M', path]);
    const opened = await open(path);
    const { signal } = new AbortController();
    expect(opened.size).toBe(5 * 1024 * MIB);
    const border = await opened.read(2147418112 - 4096, 131072 + 8192, signal);
    expect(border.equals(Buffer.concat([Buffer.alloc(4096), Buffer.alloc(131072, 7), Buffer.alloc(4096)]))).toBe(true);
    expect((await opened.read(opened.size - MIB, MIB, signal)).every((byte) => byte === 9)).toBe(true);
  });

  test('a chain of images', async () => {
    const { folder, path } = image(8 * MIB);
    const top = join(folder, 'top.vmdk');
    runTool('qemu-img', [
      'create',
      '-q',
      '-f',
      'vmdk',
      '-b',
      'image.vmdk',
      '-F',
      'vmdk',
      ...of('monolithicSparse', ',zeroed_grain=on'),
      top,
    ]);
    runTool('qemu-io', ['-f', 'vmdk', '-c', 'write -P 7 1M 700k', '-c', 'write -z 2M 512k', top]);
    const opened = await open(top);
    expect(opened.describe().details).toContainEqual(['parents', 'image.vmdk']);
    await checkImage(opened, plain(top));
    runTool('qemu-io', ['-f', 'vmdk', '-c', 'write -P 1 0 512', path]);
    await expect(open(top)).rejects.toMatchObject({
      code: 'DamagedStructure',
      message: expect.stringMatching(/written to since/),
    });
  });

  test('an image of which only the footer knows where its directory is', async () => {
    const { folder, path } = image(8 * MIB, ...of('streamOptimized'));
    const streamed = join(folder, 'streamed.vmdk');
    writeFileSync(streamed, withFooter(readFileSync(path)));
    await checkImage(await open(streamed), plain(streamed));
    truncateSync(streamed, readFileSync(streamed).length - 1024);
    await expect(open(streamed)).rejects.toMatchObject({
      code: 'DamagedStructure',
      message: expect.stringMatching(/copied only in part/),
    });
  });

  test('the second directory stands in for a damaged one', async () => {
    const { path, disk } = image(64 * MIB);
    const bytes = readFileSync(path);
    bytes.writeUInt32LE(0xffff_fff0, Number(bytes.readBigUInt64LE(56)) * 512);
    writeFileSync(path, bytes);
    const opened = await open(path);
    expect(opened.describe().warnings).toHaveLength(1);
    await checkImage(opened, disk);
  });

  test('a part alone says what to open', async () => {
    const { folder } = image(8 * MIB, ...of('twoGbMaxExtentSparse'));
    await expect(open(join(folder, 'image-s001.vmdk'))).rejects.toMatchObject({
      code: 'InvalidInput',
      detail: { todo: expect.stringMatching(/disk\.vmdk/) },
    });
  });

  test('a part that is too short can be read up to there', async () => {
    const { folder, path, disk } = image(8 * MIB, ...of('monolithicFlat'));
    truncateSync(join(folder, 'image-flat.vmdk'), 4 * MIB);
    const opened = await open(path);
    const { signal } = new AbortController();
    expect((await opened.read(0, 4 * MIB, signal)).equals(disk.subarray(0, 4 * MIB))).toBe(true);
    await expect(opened.read(0, 4 * MIB + 1, signal)).rejects.toMatchObject({ code: 'DamagedStructure' });
  });

  test('damaged images are read, or refused with typed errors, within bounds', { timeout: 3_600_000 }, async () => {
    const seed = (name: string) => ({ name, bytes: readFileSync(image(8 * MIB, ...of(name)).path), sectorSize: 512 as const });
    const seeds = [seed('monolithicSparse'), seed('streamOptimized')];
    const report = await fuzzParser({
      seeds: [...seeds, { ...seeds[1]!, name: 'with a footer', bytes: withFooter(seeds[1]!.bytes) }],
      cases: Number(process.env['FUZZ_CASES'] ?? 500),
      mutate(scratch, random, { bytes }) {
        const directory = Number(seeds[0]!.bytes.readBigUInt64LE(56)) * 512;
        const ranges = [
          { offset: 0, length: 80 },
          { offset: 512, length: 400 },
          { offset: directory, length: 8 },
          { offset: directory + 512, length: 512 },
          { offset: bytes.length - 1536, length: 600 },
          { offset: 65536, length: 4096 },
        ];
        for (let times = 1 + random.integer(3); times > 0; times--) damage(scratch, ranges, random);
        if (random.chance(0.1)) scratch.truncate(random.integer(bytes.length));
      },
      async run(source) {
        const { signal } = new AbortController();
        const { image: opened } = await openImage(provider, source);
        if (opened.size === 0) return;
        await opened.extents(0, opened.size, signal);
        for (const offset of [0, Math.floor(opened.size / 4)])
          await opened.read(offset, Math.min(opened.size - offset, 65536), signal);
      },
    });
    expect(report.completed).toBeGreaterThan(report.cases / 10);
  });
});
