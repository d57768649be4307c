import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { MemorySource } from '@diskwright/sdk/block';
import {
  checkAnswers,
  checkFileAnswers,
  damage,
  fuzzParser,
  SeededRandom,
  toolsMissing,
  type FuzzSeed,
} from '@diskwright/sdk/testing';
import { FatFilesystem } from './fatFilesystem';
import { probeFat } from './probe';
import { TOOLS } from './testing/fatImage';
import { makeTree } from './testing/makeTree';
import { makeFat, signal } from './testing/openFat';

const KIB = 1024;
const MIB = 1024 * KIB;

/** An image with files, and where its directories lie. */
interface FilesSeed extends FuzzSeed {
  directories: { offset: number; length: number }[];
}

async function seed(name: string, size: number, args: string[], sectorSize: 512 | 4096 = 512): Promise<FilesSeed> {
  const image = makeFat(size, args).fillAndFragment(5, 6, 4000);
  makeTree(image, new SeededRandom(1), 2000);
  const bytes = readFileSync(image.path);
  const directories: FilesSeed['directories'] = [];
  const filesystem = await FatFilesystem.open(new MemorySource(bytes, sectorSize), 0, signal);
  for await (const { offset, length, name: what } of filesystem.ownersOf([{ offset: 0, length: bytes.length }], signal))
    if (what.startsWith('directory')) directories.push({ offset, length: Math.min(length, 4096) });
  return { name, bytes, sectorSize, directories };
}

describe.skipIf(toolsMissing(...TOOLS))('damaged volumes', () => {
  test('give findings or typed errors, within bounds', { timeout: 3_600_000 }, async () => {
    const seeds = await Promise.all([
      seed('FAT12', 1440 * KIB, []),
      seed('FAT16', 5 * MIB, ['-F', '16', '-s', '1', '-a']),
      seed('FAT32', 34 * MIB, ['-F', '32', '-s', '1']),
      seed('FAT16 with sectors of 4096', 32 * MIB, ['-F', '16', '-S', '4096', '-s', '1'], 4096),
    ]);
    let found = 0;
    const report = await fuzzParser({
      seeds,
      cases: Number(process.env['FUZZ_CASES'] ?? 500),
      limits: { reads: 20_000, bytes: 600 * MIB },
      mutate(image, random, { bytes, directories }) {
        const fat = bytes.readUInt16LE(14) * bytes.readUInt16LE(11);
        const ranges = [
          { offset: 0, length: 96 },
          { offset: 0, length: 96 },
          { offset: 0, length: 4096 },
          { offset: fat, length: 64 },
          { offset: fat, length: 64 * KIB },
          { offset: fat, length: bytes.length / 4 },
          ...directories,
        ];
        for (let times = 1 + random.integer(4); times > 0; times--) damage(image, ranges, random);
        if (random.chance(0.1)) image.truncate(random.integer(bytes.length));
      },
      async run(source, _seed, random) {
        expect(await probeFat(source)).toBeLessThanOrEqual(100);
        const filesystem = await FatFilesystem.open(source, 0, signal);
        await checkAnswers(filesystem, source, signal);
        found += await checkFileAnswers(filesystem, source, signal, random);
        await filesystem.relocate({ newStart: MIB * 4, newSize: source.size, newSectorSize: source.sectorSize }, signal);
      },
    });
    process.stderr.write(`${found} questions answered\n`);
    expect(found).toBeGreaterThan(report.cases * 10);
    expect(report.completed).toBeGreaterThan(report.cases / 3);
  });
});
