import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { MemorySource } from '@diskwright/sdk/block';
import type { ByteRange } from '@diskwright/sdk/protocol';
import { checkAnswers, checkFileAnswers, fuzzParser, SeededRandom, toolsMissing, type FuzzSeed } from '@diskwright/sdk/testing';
import { ntfsProvider } from '../provider';
import { NtfsImage, ntfsTools } from '../testing/ntfsImage';
import { context, signal } from '../testing/openImage';
import { linkData, setFileAttributes, setReparsePoint } from '../testing/setAttributes';
import { FileAttribute } from './fileAttributes';
import { ReparseTag } from './reparsePoint';

const MIB = 1024 * 1024;
const SIZE = 6 * MIB;

const images: [name: string, args: string[], sectorSize: 512 | 4096][] = [
  ['as it comes', [], 512],
  ['clusters of 512 bytes', ['-c', '512'], 512],
  ['sectors of 4096', ['-s', '4096'], 4096],
];

function fill(folder: string): void {
  const random = new SeededRandom(17);
  mkdirSync(join(folder, 'packed'));
  setFileAttributes(join(folder, 'packed'), FileAttribute.COMPRESSED);
  writeFileSync(join(folder, 'packed/text'), Buffer.alloc(80_000, 'again and again. '));
  mkdirSync(join(folder, 'many'));
  for (let index = 0; index < 60; index++)
    writeFileSync(join(folder, 'many', `a name of a file ${index}`), random.bytes(random.integer(900)));
  writeFileSync(join(folder, 'large'), random.bytes(200_000));
  writeFileSync(join(folder, 'large:stream'), random.bytes(3000));
  writeFileSync(join(folder, 'link'), '');
  setReparsePoint(join(folder, 'link'), ReparseTag.SYMLINK, linkData('a\\b', 'a\\b', 1));
}

async function makeSeed([name, args, sectorSize]: (typeof images)[number]): Promise<FuzzSeed> {
  const image = new NtfsImage();
  try {
    await image.format(SIZE, args).mounted(fill, 'compression,streams_interface=windows');
    const bytes = readFileSync(image.path);
    const filesystem = await ntfsProvider.open(new MemorySource(bytes, sectorSize), context);
    const structures: ByteRange[] = [];
    for await (const { offset, length, kind, name: what } of filesystem.ownersOf!([{ offset: 0, length: SIZE }], signal)) {
      const isWanted = kind === 'structure' && /^(file record \d+ of|directory|bitmap|\/\$Bitmap)/.test(what);
      // The records of the system's files that are never looked at are most.
      if (isWanted) structures.push({ offset, length: Math.min(length, 4096) });
    }
    return { name, bytes, sectorSize, structures };
  } finally {
    image.remove();
  }
}

describe.skipIf(toolsMissing(...ntfsTools, 'python3'))('damaged files', () => {
  let seeds: FuzzSeed[] = [];
  beforeAll(async () => {
    seeds = await Promise.all(images.map(makeSeed));
  }, 60_000);

  test('are listed as far as they go, and every byte has its owner', { timeout: 3_600_000 }, async () => {
    let answered = 0;
    const report = await fuzzParser({
      seeds,
      cases: Number(process.env['FUZZ_CASES'] ?? 500),
      limits: { reads: 20_000, bytes: 600 * MIB },
      run: async (source, _seed, random) => {
        const filesystem = await ntfsProvider.open(source, context);
        await checkAnswers(filesystem, source, signal);
        answered += await checkFileAnswers(filesystem, source, signal, random);
      },
    });
    process.stderr.write(`${answered} questions answered\n`);
    // Most of it can still be read, or the damage is too crude to tell anything.
    expect(answered).toBeGreaterThan(report.cases * 20);
  });
});
