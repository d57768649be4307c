import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { MemorySource } from '@diskwright/sdk/block';
import type { ByteRange } from '@diskwright/sdk/protocol';
import { checkAnswers, checkFileAnswers, fuzzParser, type FuzzSeed, toolsMissing } from '@diskwright/sdk/testing';
import { isoProvider } from './provider';
import { IsoImage, isoTools } from './testing/isoImage';
import { context, signal } from './testing/openImage';

const mebibyte = 1024 * 1024;

const images: [name: string, isPlain: boolean, args: string[]][] = [
  ['Rock Ridge and Joliet', false, ['-R', '-J', '-joliet-long']],
  ['Joliet', true, ['-J']],
  ['plain', true, ['-iso-level', '3']],
];

async function makeSeed([name, isPlain, args]: (typeof images)[number]): Promise<FuzzSeed> {
  const image = new IsoImage();
  try {
    const bytes = readFileSync(image.fill(1, isPlain, 60).make('genisoimage', args).path);
    const filesystem = await isoProvider.open(new MemorySource(bytes), context);
    const structures: ByteRange[] = [];
    for await (const { offset, length, name: what } of filesystem.ownersOf!([{ offset: 0, length: bytes.length }], signal))
      if (/directory|descriptor/.test(what)) structures.push({ offset, length });
    return { name, bytes, sectorSize: 512, structures };
  } finally {
    image.remove();
  }
}

describe.skipIf(toolsMissing(...isoTools))('damaged volumes', () => {
  let seeds: FuzzSeed[] = [];
  beforeAll(async () => {
    seeds = await Promise.all(images.map(makeSeed));
  });

  test('are read as far as they go, and nothing outside of them', { timeout: 3_600_000 }, async () => {
    let answered = 0;
    const report = await fuzzParser({
      seeds,
      cases: Number(process.env['FUZZ_CASES'] ?? 500),
      limits: { reads: 20_000, bytes: 600 * mebibyte },
      run: async (source, _seed, random) => {
        const filesystem = await isoProvider.open(source, context);
        await checkAnswers(filesystem, source, signal);
        answered += await checkFileAnswers(filesystem, source, signal, random);
      },
    });
    process.stderr.write(`${answered} questions answered\n`);
    expect(answered).toBeGreaterThan(report.cases * 15);
  });
});
