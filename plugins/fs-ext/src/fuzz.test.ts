import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { MemorySource } from '@diskwright/sdk/block';
import type { AllocationResult, Filesystem } from '@diskwright/sdk';
import type { ByteRange, Finding } from '@diskwright/sdk/protocol';
import { damage, fuzzParser, type GuardedSource, toolsMissing, type FuzzSeed } from '@diskwright/sdk/testing';
import { DamagedStructureError } from '@diskwright/sdk/errors';
import { fixedMetadata } from './groupMetadata';
import type { Geometry } from './geometry';
import { GroupTable } from './groupTable';
import { extProvider } from './provider';
import { journalSuperblock } from './structures/journalSuperblock';
import { ExtImage, extTools } from './testing/extImage';
import { fixChecksums } from './testing/fixChecksums';
import { context, signal } from './testing/openImage';
import { readVolume } from './volume';

const mebibyte = 1024 * 1024;
const superblockRange = { offset: 1024, length: 1024 };
const journalMagic = Buffer.from('c03b399800000004', 'hex');

/** An image to damage, and where its structures lie. */
interface ExtSeed extends FuzzSeed {
  geometry: Geometry | null;
  structures: ByteRange[];
}

const images: [name: string, size: number, args: string[]][] = [
  ['ext2', 3 * mebibyte, ['-t', 'ext2', '-b', '1024', '-g', '1024']],
  ['ext3', 12 * mebibyte, ['-t', 'ext3', '-b', '1024', '-J', 'size=1']],
  ['ext4', 20 * mebibyte, ['-t', 'ext4', '-b', '1024', '-J', 'size=1']],
  ['ext4, uninit_bg', 20 * mebibyte, ['-t', 'ext4', '-b', '1024', '-J', 'size=1', '-O', '^metadata_csum,uninit_bg']],
  ['ext4, 32 bit, no flex_bg', 20 * mebibyte, ['-t', 'ext4', '-b', '1024', '-J', 'size=1', '-O', '^64bit,^flex_bg']],
  ['ext4, meta_bg', 40 * mebibyte, ['-t', 'ext4', '-b', '1024', '-g', '1024', '-J', 'size=1', '-O', 'meta_bg,^resize_inode']],
  ['ext4, bigalloc', 20 * mebibyte, ['-t', 'ext4', '-b', '1024', '-C', '4096', '-g', '4096', '-J', 'size=1', '-O', 'bigalloc']],
  ['ext4, mmp', 10 * mebibyte, ['-t', 'ext4', '-b', '4096', '-O', 'mmp,^has_journal']],
  ['jbd', 5 * mebibyte, ['-O', 'journal_dev', '-b', '1024']],
];

async function makeSeed([name, size, args]: (typeof images)[number]): Promise<ExtSeed> {
  const image = new ExtImage();
  try {
    const bytes = readFileSync(image.format(size, args).path);
    const source = new MemorySource(bytes);
    const { geometry, superblock } = await readVolume(source, signal);
    const log = bytes.indexOf(journalMagic);
    const journal = log < 0 ? [] : [{ offset: log, length: journalSuperblock.size }];
    if (geometry instanceof DamagedStructureError)
      return { name, bytes, sectorSize: 512, geometry: null, structures: [superblockRange, ...journal] };
    const table = await GroupTable.read(source, geometry, signal);
    const { blockSize } = geometry;
    const metadata = fixedMetadata(table).map((run) => ({
      offset: run.firstBlock * blockSize,
      length: Math.min(run.blocks, 4) * blockSize,
    }));
    const multiMount = { offset: Number(superblock.multiMountBlock) * blockSize, length: 128 };
    return {
      name,
      bytes,
      sectorSize: 512,
      geometry,
      structures: [...GroupTable.ranges(geometry), ...metadata, ...journal, multiMount],
    };
  } finally {
    image.remove();
  }
}

function checkRanges(ranges: readonly ByteRange[]): void {
  for (const { offset, length } of ranges)
    if (!(offset >= 0 && length > 0 && Number.isSafeInteger(offset + length)))
      throw new Error(`a range at ${offset}, ${length} bytes`);
}

async function useAll(filesystem: Filesystem, source: GuardedSource): Promise<AllocationResult['confidence']> {
  const info = await filesystem.info(signal);
  if (!Number.isSafeInteger(info.size) || info.features.length > 256) throw new Error('information that cannot be sent');
  const { confidence, extents, reasons } = await filesystem.allocation(signal);
  if (
    (confidence === 'unknown') !== (extents === null) ||
    (confidence === 'exact') !== (reasons.length === 0) ||
    reasons.length > 64
  )
    throw new Error(`a confidence of ${confidence} with ${reasons.length} reasons`);
  if (extents && extents.end > source.size) throw new Error(`used up to ${extents.end} of ${source.size}`);
  const findings: Finding[] = await filesystem.check(signal);
  checkRanges(findings.flatMap(({ ranges }) => ranges));
  checkRanges(await filesystem.commitExtents(signal));
  checkRanges((await filesystem.generation(signal)).ranges);
  checkRanges(await filesystem.signatures(signal));
  let seen = 0;
  for await (const structure of filesystem.structures(signal)) {
    checkRanges([structure]);
    if (++seen === 100) break;
  }
  await filesystem.relocate({ newStart: 0, newSize: source.size, newSectorSize: 512 }, signal);
  return confidence;
}

describe.skipIf(toolsMissing(...extTools))('damaged filesystems', () => {
  let seeds: ExtSeed[] = [];
  beforeAll(async () => {
    seeds = await Promise.all(images.map(makeSeed));
  });

  test('end in findings or typed errors', async () => {
    const answers = { exact: 0, conservative: 0, unknown: 0 };
    const report = await fuzzParser({
      seeds,
      limits: { reads: 5000, bytes: 100 * mebibyte, milliseconds: 1500 },
      mutate: (image, random, { structures, geometry }) => {
        const places = random.chance(0.5) ? [superblockRange] : [superblockRange, ...structures];
        for (let count = 1 + random.integer(4); count > 0; count--) damage(image, places, random);
        if (random.chance(0.05)) image.write(1080 + random.integer(4), random.bytes(900));
        if (geometry && random.chance(0.5)) fixChecksums(image, geometry);
        if (random.chance(0.1)) image.truncate(random.integer(image.size + 1));
        else if (random.chance(0.05)) image.extend(image.size + random.integer(mebibyte));
      },
      run: async (source) => {
        const score = await extProvider.probe(source, context);
        if (!(score >= 0 && score <= 100)) throw new Error(`a score of ${score}`);
        answers[await useAll(await extProvider.open(source, context), source)]++;
      },
    });
    process.stderr.write(`${JSON.stringify(answers)}\n`);
    // Both sides must be reached, or the damage is too crude or too harmless to tell anything.
    expect(answers.exact).toBeGreaterThan(report.cases / 100);
    expect(answers.unknown).toBeGreaterThan(report.cases / 100);
  });

  test('of nothing but random bytes are refused', async () => {
    await fuzzParser({
      seeds: [{ name: 'random bytes', bytes: Buffer.alloc(64 * 1024), sectorSize: 512 }],
      cases: 500,
      mutate: (image, random) => {
        image.write(0, random.bytes(8192));
        if (random.chance(0.5)) image.write(1080, Buffer.from('53ef', 'hex'));
        if (random.chance(0.5)) image.write(1048, Buffer.alloc(8));
        image.truncate(random.integer(65536));
      },
      run: async (source) => {
        if ((await extProvider.probe(source, context)) === 100) throw new Error('certain of random bytes');
        await useAll(await extProvider.open(source, context), source);
      },
    });
  });
});
