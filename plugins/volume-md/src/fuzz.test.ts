import { MemorySource } from '@diskwright/sdk/block';
import { damage, fuzzParser, type ScratchImage, type SeededRandom } from '@diskwright/sdk/testing';
import { expect, test } from 'vitest';
import { mdProvider } from './provider';
import { mdChecksum } from './superblock/checksum';
import { readSuperblock } from './superblock/readSuperblock';
import { device } from './testing/fixtures';

const context = { signal: new AbortController().signal, offset: 0, log: console, secret: null, keyFile: null };

/** So that what is damaged is looked at. */
function correct(image: ScratchImage, offset: number, version: string): void {
  const [length, at] = version === '0.90' ? [4096, 152] : [256 + 2 * image.read(offset + 220, 4).readUInt32LE(0), 216];
  if (length > 4096 || offset + length > image.size) return;
  const sum = Buffer.alloc(4);
  sum.writeUInt32LE(mdChecksum(image.read(offset, length), at, 'little'));
  image.write(offset + at, sum);
}

function mutate(image: ScratchImage, random: SeededRandom, { offset, version }: { offset: number; version: string }): void {
  const superblock = { offset, length: version === '0.90' ? 600 : 300 };
  // Bitmap and log of bad blocks stand behind it.
  const around = { offset: Math.max(0, offset), length: 16384 };
  for (let times = 1 + random.integer(4); times > 0; times--) damage(image, [superblock, superblock, around], random);
  if (random.chance(0.05)) image.truncate(random.integer(image.size));
  if (random.chance(0.9) && offset + 512 <= image.size) correct(image, offset, version);
}

test('damaged devices of arrays are read, or refused with typed errors, within bounds', { timeout: 3_600_000 }, async () => {
  const names = ['raid1-1.2.0', 'raid1-1.0.0', 'raid1-0.90.0', 'dirty.0', 'bad.0', 'linear-1.2.0', 'rebuilt.1', 'raid10.0'];
  const seeds = await Promise.all(
    names.map(async (name) => {
      const bytes = device(name);
      const { offset, version } = (await readSuperblock(new MemorySource(bytes), context.signal))!;
      return {
        name,
        bytes,
        sectorSize: 512 as const,
        offset,
        version,
        other: new MemorySource(device(name.replace('.0', '.1'))),
      };
    }),
  );
  const report = await fuzzParser({
    seeds,
    cases: Number(process.env['FUZZ_CASES'] ?? 500),
    mutate: (image, random, seed) =>
      mutate(
        image,
        random,
        seeds.find(({ name }) => name === seed.name)!,
      ),
    async run(source, seed) {
      await mdProvider.probe(source, context);
      const container = await mdProvider.open([source, seed.other], context);
      for (const { name, size } of container.describe().devices) {
        const node = container.device(name);
        expect(node.size).toBe(size);
        for (const offset of [0, Math.max(0, size - 4096)]) await node.read(offset, Math.min(4096, size), context.signal);
      }
    },
  });
  expect(report.completed).toBeGreaterThan(report.cases / 10);
});
