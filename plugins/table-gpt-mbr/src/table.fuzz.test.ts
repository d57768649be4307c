import { expect, test } from 'vitest';
import { MemorySource } from '@diskwright/sdk/block';
import { DiskwrightError } from '@diskwright/sdk/errors';
import {
  damage,
  fuzzParser,
  writeInterestingInteger,
  type FuzzSeed,
  type ScratchImage,
  type SeededRandom,
} from '@diskwright/sdk/testing';
import { WrittenSource } from './rebuild/writtenSource';
import { OpenGptMbr } from './openGptMbr';
import { extendedMbrSeed, gptSeed } from './testing/fuzzSeeds';
import { fixChecksums } from './testing/gptPatch';
import { signal } from './testing/tableImage';

const seeds: FuzzSeed[] = [
  { name: 'GPT', ...gptSeed(512, 32, 6, 128) },
  { name: 'GPT with 8 entries of 256 bytes', ...gptSeed(512, 8, 3, 256) },
  { name: 'GPT with sectors of 4096', ...gptSeed(4096, 32, 4, 128) },
  { name: 'MBR with logical partitions', ...extendedMbrSeed(512) },
  { name: 'MBR with sectors of 4096', ...extendedMbrSeed(4096) },
  { name: 'zeros', bytes: Buffer.alloc(65536), sectorSize: 512 },
];

/** Damages in the places where tables are; half of the time the checksums are put right, so that what they guard is reached. */
function mutate(image: ScratchImage, random: SeededRandom, { bytes, sectorSize }: FuzzSeed): void {
  const chain = Array.from({ length: 5 }, (_, index) => ({ offset: (16 + index * 8) * sectorSize + 446, length: 66 }));
  const places = [
    [{ offset: 446, length: 66 }],
    [{ offset: sectorSize, length: 92 }],
    [{ offset: image.size - sectorSize, length: 92 }],
    [{ offset: 2 * sectorSize, length: 128 * 6 }],
    chain,
    [{ offset: 0, length: bytes.length }],
  ];
  for (let times = 1 + random.integer(4); times > 0; times--) damage(image, random.pick(places), random);
  if (random.chance(0.3)) {
    const field = random.pick([10, 12, 24, 32, 40, 48, 72, 80, 84]);
    writeInterestingInteger(
      image,
      random.pick([sectorSize, image.size - sectorSize]) + field,
      random.pick([4, 8] as const),
      random,
    );
  }
  if (random.chance(0.02)) image.write(0, random.bytes(1024));
  if (random.chance(0.05)) image.truncate(random.integer(image.size));
  if (random.chance(0.05)) image.extend(image.size + random.integer(65536));
  if (random.chance(0.5)) for (const role of ['primary', 'backup'] as const) fixChecksums(withSectors(image, sectorSize), role);
}

function withSectors(image: ScratchImage, sectorSize: 512 | 4096): Parameters<typeof fixChecksums>[0] {
  return { size: image.size, sectorSize, read: image.read.bind(image), write: image.write.bind(image) };
}

test('damaged tables give findings or typed errors, and what is rebuilt is sound', { timeout: 3_600_000 }, async () => {
  let rebuilt = 0;
  const report = await fuzzParser({
    seeds,
    mutate,
    limits: { reads: 1100, bytes: 32 * 1024 * 1024, milliseconds: 1000 },
    async run(source) {
      const table = await OpenGptMbr.open(source, signal);
      const layout = await table.read();
      expect(layout.partitions.length <= 4096 && layout.structures.length <= 4096 && layout.findings.length <= 1024).toBe(true);
      const ranges = [
        ...layout.structures,
        ...(await table.signatures()),
        ...layout.findings.flatMap((finding) => finding.ranges),
      ];
      expect(ranges.every(({ offset, length }) => offset >= 0 && length >= 0 && offset + length <= source.size)).toBe(true);
      expect(layout.partitions.every(({ start, size }) => start >= 0 && size > 0 && Number.isSafeInteger(start + size))).toBe(
        true,
      );
      let structures = 0;
      for (const { offset, length } of table.structures(new AbortController().signal)) {
        expect(offset + length <= source.size).toBe(true);
        if (++structures === 12) break;
      }
      const target = { size: source.size + 1024 * 1024, sectorSize: source.sectorSize };
      const outcome = await table.rebuild({ target, changes: [], identity: 'keep' }, signal);
      rebuilt++;
      expect(outcome.writes.every(({ offset, bytes }) => offset + bytes.length <= target.size)).toBe(true);
      expect(outcome.layout.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
      expect(outcome.layout.partitions).toEqual(layout.partitions);
      const again = await OpenGptMbr.open(new WrittenSource(outcome.writes, target.size, target.sectorSize), signal);
      expect(await again.read()).toEqual(outcome.layout);
    },
  });
  process.stderr.write(`${rebuilt} rebuilt\n`);
  if (report.cases > 100) expect(rebuilt).toBeGreaterThan(report.cases / 20);
});

test('random bytes are no table, and never an untyped error', async () => {
  const random = seeds.slice(0, 3).map(({ bytes, sectorSize }) => ({ name: 'random', bytes, sectorSize }));
  await fuzzParser({
    seeds: random,
    mutate: (image, generator) => {
      image.truncate(generator.integer(16384));
      image.write(0, generator.bytes(Math.min(image.size, 2048)));
      if (generator.chance(0.7)) image.write(510, Buffer.from([0x55, 0xaa]));
      if (generator.chance(0.3))
        for (let slot = 0; slot < 4; slot++) image.write(446 + slot * 16, Buffer.from([generator.pick([0, 0x80])]));
      if (generator.chance(0.3)) image.write(512, Buffer.from('EFI PART'));
    },
    run: async (source) => void (await (await OpenGptMbr.open(source, signal)).read()),
    cases: 1000,
  });
});

test('an empty device is a typed error', async () => {
  await expect(OpenGptMbr.open(new MemorySource(Buffer.alloc(0)), signal)).rejects.toBeInstanceOf(DiskwrightError);
});
