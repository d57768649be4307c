import { beforeAll, describe, expect, test } from 'vitest';
import type { ByteRange } from '@diskwright/sdk/protocol';
import { checkAnswers, checkFileAnswers, fuzzParser, type FuzzSeed, toolsMissing } from '@diskwright/sdk/testing';
import { MemorySource } from '@diskwright/sdk/block';
import { xfsProvider } from './provider';
import { context, signal } from './testing/openImage';
import { XfsImage, xfsTools } from './testing/xfsImage';

const mebibyte = 1024 * 1024;

async function makeSeed(version: 4 | 5): Promise<FuzzSeed> {
  const bytes = XfsImage.small(version);
  const filesystem = await xfsProvider.open(new MemorySource(bytes), context);
  const structures: ByteRange[] = [{ offset: 0, length: 2048 }];
  for await (const { offset, length, kind, name } of filesystem.ownersOf!([{ offset: 0, length: bytes.length }], signal))
    if (kind === 'structure' && name !== 'log' && !name.startsWith('kept')) structures.push({ offset, length });
  return { name: `version ${version}`, bytes, sectorSize: 512, structures };
}

describe.skipIf(toolsMissing(...xfsTools))('damaged filesystems', () => {
  let seeds: FuzzSeed[] = [];
  beforeAll(async () => {
    seeds = [await makeSeed(5), await makeSeed(4)];
  });

  test('are read as far as they go, and nothing outside of them', { timeout: 3_600_000 }, async () => {
    let answered = 0;
    const report = await fuzzParser({
      seeds,
      cases: Number(process.env['FUZZ_CASES'] ?? 500),
      limits: { reads: 20_000, bytes: 600 * mebibyte },
      run: async (source, _seed, random) => {
        const filesystem = await xfsProvider.open(source, context);
        await checkAnswers(filesystem, source, signal);
        answered += await checkFileAnswers(filesystem, source, signal, random);
      },
    });
    process.stderr.write(`${answered} questions answered\n`);
    // Most of it can still be read, or the damage is too crude to tell anything.
    expect(answered).toBeGreaterThan(report.cases * 20);
  });
});
