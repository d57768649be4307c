import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { checkAnswers, damage, fuzzParser, toolsMissing, type FuzzSeed } from '@diskwright/sdk/testing';
import { FatFilesystem } from './fatFilesystem';
import { probeFat } from './probe';
import { TOOLS } from './testing/fatImage';
import { makeFat, signal } from './testing/openFat';

const KIB = 1024;
const MIB = 1024 * KIB;

function seed(name: string, size: number, args: string[], sectorSize: 512 | 4096 = 512): FuzzSeed {
  return { name, bytes: readFileSync(makeFat(size, args).fillAndFragment(5, 6, 4000).path), sectorSize };
}

describe.skipIf(toolsMissing(...TOOLS))('damaged volumes', () => {
  test('give findings or typed errors, within bounds', { timeout: 300_000 }, async () => {
    const seeds = [
      seed('FAT12', 1440 * KIB, []),
      seed('FAT16', 5 * MIB, ['-F', '16', '-s', '1', '-a']),
      seed('FAT32', 34 * MIB, ['-F', '32', '-s', '1']),
      seed('FAT16 with sectors of 4096', 32 * MIB, ['-F', '16', '-S', '4096', '-s', '1'], 4096),
    ];
    const report = await fuzzParser({
      seeds,
      mutate(image, random, { bytes }) {
        const fat = bytes.readUInt16LE(14) * bytes.readUInt16LE(11);
        const ranges = [
          { offset: 0, length: 96 },
          { offset: 0, length: 96 },
          { offset: 0, length: 4096 },
          { offset: fat, length: 64 },
          { offset: fat, length: 64 * KIB },
          { offset: fat, length: bytes.length / 4 },
        ];
        for (let times = 1 + random.integer(4); times > 0; times--) damage(image, ranges, random);
        if (random.chance(0.1)) image.truncate(random.integer(bytes.length));
      },
      async run(source) {
        expect(await probeFat(source)).toBeLessThanOrEqual(100);
        const filesystem = await FatFilesystem.open(source, 0, signal);
        await checkAnswers(filesystem, source, signal);
        await filesystem.relocate({ newStart: MIB * 4, newSize: source.size, newSectorSize: source.sectorSize }, signal);
      },
    });
    expect(report.completed).toBeGreaterThan(report.cases / 3);
  });
});
