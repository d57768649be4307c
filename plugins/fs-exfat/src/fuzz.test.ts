import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { MemorySource } from '@diskwright/sdk/block';
import { checkAnswers, checkFileAnswers, damage, fuzzParser, type FuzzSeed, SeededRandom } from '@diskwright/sdk/testing';
import { ExfatFilesystem } from './exfatFilesystem';
import { probeExfat } from './probe';
import { cannotMount, makeExfat, signal } from './testing/openExfat';
import { makeTree } from './testing/makeTree';

const MIB = 1024 * 1024;

/** An image with files, and where its structures lie. */
interface FilesSeed extends FuzzSeed {
  structures: { offset: number; length: number }[];
}

async function seed(name: string, args: string[]): Promise<FilesSeed> {
  const image = makeExfat(6 * MIB, args)
    .mounted((folder) => makeTree(folder, new SeededRandom(2), 9000))
    .fragment(3, 12, 9000);
  const bytes = readFileSync(image.path);
  const filesystem = await ExfatFilesystem.open(new MemorySource(bytes), 0, signal);
  const structures: FilesSeed['structures'] = [{ offset: 0, length: 128 }];
  for await (const { offset, length, kind, name: what } of filesystem.ownersOf([{ offset: 0, length: bytes.length }], signal)) {
    if (what === 'FAT 1') structures.push({ offset, length: 1024 });
    else if (kind === 'structure' && /directory|bitmap|table/.test(what)) structures.push({ offset, length });
  }
  return { name, bytes, sectorSize: 512, structures };
}

describe.skipIf(cannotMount())('damaged volumes', () => {
  test('are read as far as they go, and every byte has its owner', { timeout: 3_600_000 }, async () => {
    const seeds = await Promise.all([
      seed('clusters of 512', ['-c', '512', '-b', '64K']),
      seed('clusters of 4 KiB', ['-c', '4K', '-b', '64K']),
      seed('its bitmap before the clusters', ['-c', '1K', '-b', '64K', '--pack-bitmap']),
    ]);
    let found = 0;
    const report = await fuzzParser({
      seeds,
      cases: Number(process.env['FUZZ_CASES'] ?? 500),
      limits: { reads: 20_000, bytes: 600 * MIB },
      mutate: (image, random, from) => {
        for (let count = 1 + random.integer(8); count > 0; count--) damage(image, from.structures, random);
        if (random.chance(0.05)) image.truncate(random.integer(from.bytes.length));
      },
      async run(source, _seed, random) {
        expect(await probeExfat(source)).toBeLessThanOrEqual(100);
        const filesystem = await ExfatFilesystem.open(source, 0, signal);
        await checkAnswers(filesystem, source, signal);
        await filesystem.relocate({ newStart: 4 * MIB, newSize: 6 * MIB, newSectorSize: source.sectorSize }, signal);
        found += await checkFileAnswers(filesystem, source, signal, random);
      },
    });
    process.stderr.write(`${found} questions answered\n`);
    expect(found).toBeGreaterThan(report.cases * 10);
  });
});
