import { beforeAll, describe, expect, test } from 'vitest';
import { MemorySource } from '@diskwright/sdk/block';
import { crc32c } from '@diskwright/sdk/struct';
import {
  checkAnswers,
  checkFileAnswers,
  damage,
  fuzzParser,
  type FuzzSeed,
  type ScratchImage,
  type SeededRandom,
  toolsMissing,
} from '@diskwright/sdk/testing';
import { btrfsProvider } from './provider';
import { HEADER_BYTES } from './structures/treeBlock';
import { BtrfsImage, btrfsTools } from './testing/btrfsImage';
import { context, signal } from './testing/openImage';

const mebibyte = 1024 * 1024;
const NODE_BYTES = 4096;
const SUPERBLOCK = 65536;

interface FilesSeed extends FuzzSeed {
  /** Tree blocks, those of them that are leaves of files, and places of compressed data. */
  blocks: number[];
  leaves: number[];
  data: { offset: number; length: number }[];
}

async function makeSeed(name: string, args: readonly string[]): Promise<FilesSeed> {
  const bytes = BtrfsImage.small(args);
  const filesystem = await btrfsProvider.open(new MemorySource(bytes), context);
  const seed: FilesSeed = { name, bytes, sectorSize: 512, blocks: [], leaves: [], data: [] };
  for await (const { offset, length, kind, name: owner } of filesystem.ownersOf!(
    [{ offset: mebibyte, length: bytes.length - mebibyte }],
    signal,
  )) {
    if (kind === 'structure' && / of /.test(owner) && length === NODE_BYTES) seed.blocks.push(offset);
    if (/^leaf of .*subvolume/.test(owner)) seed.leaves.push(offset);
    if (kind === 'file' && /zlib|lzo|zstd/.test(owner)) seed.data.push({ offset, length });
  }
  return seed;
}

/** Damage whose checksum is right, so that it is looked at. */
function damageBlock(image: ScratchImage, offset: number, random: SeededRandom): void {
  const header = { offset: offset + 32, length: HEADER_BYTES - 32 };
  const rest = { offset: offset + HEADER_BYTES, length: NODE_BYTES - HEADER_BYTES };
  const table = { offset: offset + HEADER_BYTES, length: 600 };
  damage(image, [random.pick([header, rest, rest, table, table])], random);
  const sum = Buffer.alloc(4);
  sum.writeUInt32LE(~crc32c(0xffffffff, image.read(offset + 32, NODE_BYTES - 32)) >>> 0);
  image.write(offset, sum);
}

describe.skipIf(toolsMissing(...btrfsTools))('damaged filesystems', () => {
  let seeds: FilesSeed[] = [];
  beforeAll(async () => {
    seeds = [await makeSeed('as it comes', []), await makeSeed('old items', ['-O', '^skinny-metadata,^no-holes'])];
  }, 120_000);

  test('are read as far as they go, and nothing outside of them', { timeout: 3_600_000 }, async () => {
    let answered = 0;
    const report = await fuzzParser({
      seeds,
      cases: Number(process.env['FUZZ_CASES'] ?? 500),
      limits: { reads: 30_000, bytes: 600 * mebibyte },
      mutate: (image, random, { blocks, leaves, data }) => {
        // What leads to everything else is damaged more rarely, or nothing but refusals would be tested.
        for (let count = 1 + random.integer(6); count > 0; count--)
          damageBlock(image, random.pick(random.integer(4) === 0 ? blocks : leaves), random);
        if (random.integer(4) === 0) damage(image, data, random);
        if (random.integer(10) === 0) damageBlock(image, SUPERBLOCK, random);
      },
      run: async (source, _seed, random) => {
        const filesystem = await btrfsProvider.open(source, context);
        await checkAnswers(filesystem, source, signal);
        answered += await checkFileAnswers(filesystem, source, signal, random);
      },
    });
    process.stderr.write(`${answered} questions answered\n`);
    // Most of it can still be read, or the damage is too crude to tell anything.
    expect(answered).toBeGreaterThan(report.cases * 20);
  });
});
