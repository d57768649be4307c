import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkImage, damage, fuzzParser, openImage, runTool, toolsMissing } from '@diskwright/sdk/testing';
import { describe, expect, onTestFinished, test } from 'vitest';
import { partcloneCrc } from './header';
import plugin from './main';
import { headerV2 } from './structures';
import { version1 } from './testing/version1';

const provider = plugin.imageFormats!['partclone']!;
const MIB = 1024 * 1024;
/** Else it ends only when it next shows its progress, each two seconds. */
const AT_ONCE = ['-f', '0'];

/** A volume with files as Partclone keeps it, and as it restores it onto a blank file. */
function image(
  make: string[],
  kind: string,
  size = 24 * MIB,
  ...options: string[]
): { folder: string; path: string; disk: Buffer } {
  const folder = mkdtempSync(join(tmpdir(), 'diskwright-partclone-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const [raw, path] = [join(folder, 'volume.img'), join(folder, 'image')];
  writeFileSync(raw, '');
  truncateSync(raw, size);
  runTool(make[0]!, [...make.slice(1), raw]);
  runTool(`partclone.${kind}`, [...AT_ONCE, '-c', '-F', '-L', join(folder, 'log'), '-s', raw, '-o', path, ...options]);
  return { folder, path, disk: restored(folder, path, size) };
}

function restored(folder: string, path: string, size: number): Buffer {
  const target = join(folder, 'restored.img');
  writeFileSync(target, '');
  truncateSync(target, size);
  runTool('partclone.restore', [...AT_ONCE, '-O', '-C', '-L', join(folder, 'log'), '-s', path, '-o', target]);
  return readFileSync(target);
}

async function open(path: string) {
  const opened = await openImage(provider, path);
  onTestFinished(() => opened.close());
  return opened.image;
}

/** With a file of random bytes, so that there is more than tables. */
function ext4(...options: string[]): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'diskwright-tree-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (let count = 0; count < 20; count++) writeFileSync(join(folder, `file ${count}`), randomBytes(100_000 + count * 777));
  return ['mkfs.ext4', '-q', '-F', '-d', folder, ...options];
}

describe.skipIf(toolsMissing('partclone.ext4', 'partclone.restore', 'partclone.fat32', 'partclone.ntfs'))(
  'reads what Partclone restores',
  () => {
    test.each([
      ['ext4, blocks of 1 KiB', () => image(ext4('-b', '1024'), 'ext4')],
      ['ext4, blocks of 4 KiB', () => image(ext4('-b', '4096'), 'ext4', 64 * MIB)],
      ['without checksums', () => image(ext4(), 'ext4', 24 * MIB, '-a', '0')],
      ['a checksum a block', () => image(ext4(), 'ext4', 24 * MIB, '-k', '1')],
      ['checksums that go on from each other', () => image(ext4(), 'ext4', 24 * MIB, '-K')],
      ['FAT32', () => image(['mkfs.vfat', '-F', '32'], 'fat32', 64 * MIB)],
      ['NTFS', () => image(['mkntfs', '-q', '-F', '-f'], 'ntfs', 24 * MIB)],
    ])('%s', async (_, make) => {
      const { path, disk } = make();
      await checkImage(await open(path), disk);
    });

    test('a damaged block fails, and others are read', async () => {
      const { path, disk } = image(ext4(), 'ext4', 24 * MIB, '-k', '16');
      const bytes = readFileSync(path);
      bytes[bytes.length - 5000]! ^= 1;
      writeFileSync(path, bytes);
      const opened = await open(path);
      const { signal } = new AbortController();
      expect((await opened.read(0, MIB, signal)).equals(disk.subarray(0, MIB))).toBe(true);
      await expect(opened.read(0, opened.size, signal)).rejects.toMatchObject({
        code: 'DamagedStructure',
        message: expect.stringMatching(/checksum/),
      });
    });

    test.each([
      ['a checksum a block', ['-k', '1']],
      ['without checksums', ['-a', '0']],
    ])('an image of which the end is missing says so, and is read up to there: %s', async (_, options) => {
      const { path, disk } = image(ext4(), 'ext4', 24 * MIB, ...options);
      expect((await open(path)).describe().warnings).toEqual([]);
      truncateSync(path, statSync(path).size - 100_000);
      const opened = await open(path);
      expect(opened.describe().warnings).toEqual([expect.stringContaining('100000 bytes at the end of the file are missing')]);
      const { signal } = new AbortController();
      expect((await opened.read(0, MIB, signal)).equals(disk.subarray(0, MIB))).toBe(true);
      await expect(opened.read(0, opened.size, signal)).rejects.toMatchObject({ code: 'DamagedStructure' });
    });

    test.each([4, 8] as const)('version 1, with checksums of %i bytes', async (checksumBytes) => {
      const { folder, disk } = image(ext4(), 'ext4');
      const path = join(folder, 'version1');
      writeFileSync(path, version1(disk, 1024, checksumBytes));
      await checkImage(await open(path), disk);
      // Of the wide ones today's Partclone only says that there were such images.
      if (checksumBytes === 4) expect(restored(folder, path, disk.length).equals(disk)).toBe(true);
    });

    test.each([
      ['blockBytes', 1, /blocks would have 1 bytes/],
      ['checksumBytes', 60, /CRC-32, would have 60 bytes/],
    ] as const)('a header whose %s are %i is refused, though its checksum is right', async (field, value, message) => {
      const { path } = image(ext4(), 'ext4', 8 * MIB);
      const bytes = readFileSync(path);
      const fields = { ...headerV2.read(bytes), [field]: value };
      headerV2.encode(fields, bytes).copy(bytes);
      bytes.writeUInt32LE(partcloneCrc(bytes.subarray(0, headerV2.size - 4)), headerV2.size - 4);
      writeFileSync(path, bytes);
      await expect(open(path)).rejects.toMatchObject({ code: 'DamagedStructure', message: expect.stringMatching(message) });
    });

    test('an image that ends within its map of blocks is refused', async () => {
      const { folder, disk } = image(ext4(), 'ext4', 8 * MIB);
      const path = join(folder, 'short');
      writeFileSync(path, version1(disk, 1024, 4).subarray(0, 6000));
      await expect(open(path)).rejects.toMatchObject({ code: 'DamagedStructure' });
    });

    test('damaged images are read, or refused with typed errors, within bounds', { timeout: 3_600_000 }, async () => {
      const { path, disk } = image(ext4(), 'ext4', 8 * MIB);
      const seeds = [
        { name: 'version 2', bytes: readFileSync(path), sectorSize: 512 as const },
        { name: 'version 1', bytes: version1(disk, 1024, 4), sectorSize: 512 as const },
      ];
      const report = await fuzzParser({
        seeds,
        cases: Number(process.env['FUZZ_CASES'] ?? 500),
        mutate(scratch, random, { bytes, name }) {
          const ranges = [
            { offset: headerV2.size, length: 1024 },
            { offset: 4100, length: 9000 },
            { offset: bytes.length - 100_000, length: 100_000 },
            ...(name === 'version 1' || random.chance(0.2) ? [{ offset: 30, length: 80 }] : []),
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
      expect(report.completed).toBeGreaterThan(report.cases / 20);
    });
  },
);
