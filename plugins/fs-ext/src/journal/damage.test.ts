import { beforeAll, describe, expect, test } from 'vitest';
import { MemorySource } from '@diskwright/sdk/block';
import type { ByteRange } from '@diskwright/sdk/protocol';
import { checkFileAnswers, damage, faultySource, fuzzParser, type FuzzSeed, toolsMissing } from '@diskwright/sdk/testing';
import { extProvider } from '../provider';
import { journalMagic } from '../structures/journalSuperblock';
import { extTools } from '../testing/extImage';
import { firstWritten, journalledImage, journals, type LogPlace, logPlaceOf } from '../testing/journalledImage';
import { context, signal } from '../testing/openImage';
import { readVolume } from '../volume';
import { withJournalReplayed } from './replay';

const mebibyte = 1024 * 1024;
/** What debugfs wrote: five transactions and a piece of one. */
const WRITTEN_BLOCKS = 220;
/** Of the first transaction: behind the descriptor. */
const FIRST_DATA = 1;

interface Journalled {
  name: string;
  bytes: Buffer;
  place: LogPlace;
}

describe.skipIf(toolsMissing(...extTools))('a damaged journal', () => {
  let images: Journalled[] = [];
  beforeAll(async () => {
    images = await Promise.all(
      journals
        .filter(({ blockSize }) => blockSize === 1024)
        .map(async (kind) => {
          const bytes = journalledImage(kind);
          return { name: kind.name, bytes, place: await logPlaceOf(bytes) };
        }),
    );
  });

  /** The block of the journal in which the first transaction begins. */
  const descriptorBlock = (): number => images.at(-1)!.place.first;

  /** The one in which it ends. */
  const commitBlock = (): number => {
    const { bytes, place } = images.at(-1)!;
    let block = place.first;
    const head = Buffer.from('c03b399800000002', 'hex');
    while (!bytes.subarray(place.offsetOf(block)).subarray(0, head.length).equals(head)) block++;
    return block;
  };

  /** A copy of the image with checksums, a bit of a block of its log flipped. */
  function flipped(block: number, at = 100): { bytes: Buffer; place: LogPlace } {
    const { bytes, place } = images.at(-1)!;
    const copy = Buffer.from(bytes);
    copy[place.offsetOf(block) + at]! ^= 1;
    return { bytes: copy, place };
  }

  const replayedOf = async (source: Parameters<typeof readVolume>[0]): ReturnType<typeof withJournalReplayed> =>
    withJournalReplayed(await readVolume(source, signal), 'verified', signal);

  test('loses a block whose checksum is wrong, and says so', async () => {
    const { bytes, place } = flipped(descriptorBlock() + FIRST_DATA + 1);
    const { source, replay } = await replayedOf(new MemorySource(bytes));
    expect(replay!.transactions).toBe(5);
    expect(replay!.problems.map(({ code, effect }) => [code, effect])).toEqual([
      ['ext.journal.recovery', 'conservative'],
      ['ext.journal.dataChecksum', 'unknown'],
    ]);
    const at = (firstWritten(bytes.length, place.blockSize) + 1) * place.blockSize;
    const lost = await source.read(at, place.blockSize, signal);
    expect(lost.equals(bytes.subarray(at, at + place.blockSize))).toBe(true);
  });

  test('ends before a transaction that is not whole', async () => {
    for (const block of [descriptorBlock(), commitBlock()]) {
      const { replay } = await replayedOf(new MemorySource(flipped(block).bytes));
      expect(replay!.transactions).toBe(0);
      expect(replay!.problems.map(({ code }) => code)).toContain('ext.journal.end');
    }
  });

  test('whose superblock is wrong is not replayed, and the files are still there', async () => {
    const filesystem = await extProvider.open(new MemorySource(flipped(0, 0x54).bytes), context);
    const findings = await filesystem.check(signal);
    expect(findings.find(({ code }) => code === 'ext.journal.replay')!.message).toContain('checksum of its superblock is wrong');
    expect(await filesystem.allocation(signal)).toMatchObject({ confidence: 'unknown' });
    expect(await filesystem.files!.lookup!('/lost+found', signal)).not.toBeNull();
  });

  test('of which a part is missing is not replayed, and the volume is opened all the same', async () => {
    const { bytes, place } = images.at(-1)!;
    const cut = bytes.subarray(0, place.offsetOf(place.end - 1));
    const filesystem = await extProvider.open(new MemorySource(cut), context);
    const codes = (await filesystem.check(signal)).map(({ code }) => code);
    expect(codes).toEqual(expect.arrayContaining(['ext.journal.replay', 'ext.size.larger']));
    expect(await filesystem.info(signal)).toMatchObject({ clean: false });
  });

  test('with sectors that cannot be read hides only what lies in them', async () => {
    const { bytes, place } = images.at(-1)!;
    const bad = { offset: place.offsetOf(descriptorBlock() + FIRST_DATA + 1), length: 512 };
    const { source, replay } = await replayedOf(faultySource(new MemorySource(bytes), { errors: [bad] }));
    expect(replay!.problems.map(({ code }) => code)).toContain('ext.journal.media');
    const at = (firstWritten(bytes.length, place.blockSize) + 1) * place.blockSize;
    await expect(source.read(at, 1024, signal)).rejects.toMatchObject({ code: 'MediaError' });
    expect(await source.read(at + place.blockSize, 1024, signal)).toHaveLength(1024);
  });

  test('ends in findings or typed errors', async () => {
    const seeds = images.map(({ name, bytes, place }): FuzzSeed => {
      const head = { offset: place.offsetOf(0), length: 256 };
      return { name, bytes, sectorSize: 512, structures: [head, ...records(bytes, place)] };
    });
    let answered = 0;
    const report = await fuzzParser({
      seeds,
      cases: Number(process.env['FUZZ_CASES'] ?? 100),
      limits: { reads: 10_000, bytes: 300 * mebibyte, milliseconds: 5000 },
      mutate: (image, random, { structures }) => {
        for (let count = 1 + random.integer(4); count > 0; count--) damage(image, structures!, random);
      },
      run: async (source, _seed, random) => {
        const filesystem = await extProvider.open(source, context);
        await filesystem.allocation(signal);
        await filesystem.check(signal);
        answered += await checkFileAnswers(filesystem, source, signal, random);
      },
    });
    process.stderr.write(`${answered} questions answered\n`);
    expect(answered).toBeGreaterThan(report.cases * 5);
  });
});

/** The beginnings of the blocks in which the log says something, and some of its data. */
function records(bytes: Buffer, { offsetOf, first }: LogPlace): ByteRange[] {
  const found: ByteRange[] = [];
  for (let block = first; block < first + WRITTEN_BLOCKS; block++) {
    const offset = offsetOf(block);
    if (bytes.readUInt32BE(offset) === journalMagic) found.push({ offset, length: 96 });
    else if (block % 20 === 0) found.push({ offset, length: 1024 });
  }
  return found;
}
