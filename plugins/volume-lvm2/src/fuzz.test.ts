import { damage, fuzzParser, type ScratchImage, type SeededRandom } from '@diskwright/sdk/testing';
import { expect, test } from 'vitest';
import { lvmChecksum } from './checksum';
import { parseText } from './metadata/parseText';
import { lvm2Provider } from './provider';
import { member } from './testing/fixtures';

const context = { signal: new AbortController().signal, offset: 0, log: console, secret: null, keyFile: null };
const LABEL = 512;
const AREA = 4096;
const WORDS = [
  '{',
  '}',
  '[',
  ']',
  '=',
  '"',
  '#',
  '\\',
  ',',
  '0',
  '-1',
  '99999999999999999999',
  'striped',
  'pv1',
  'root',
  'stripes',
  '\n',
];

const volume = member(0);

/** Where the text stands, as the header says. */
function textPlace(image: ScratchImage): { offset: number; length: number } {
  const place = image.read(AREA + 40, 16);
  const [offset, length] = [AREA + Number(place.readBigUInt64LE(0)), Number(place.readBigUInt64LE(8))];
  return offset + length <= image.size ? { offset, length } : { offset: AREA, length: 512 };
}

function writeSum(image: ScratchImage, at: number, offset: number, length: number): void {
  const sum = Buffer.alloc(4);
  sum.writeUInt32LE(lvmChecksum(image.read(offset, length)));
  image.write(at, sum);
}

/** Damages text as those who edit it do, and the numbers around it as broken disks do; checksums are made right mostly. */
function mutate(image: ScratchImage, random: SeededRandom): void {
  const text = textPlace(image);
  for (let times = 1 + random.integer(4); times > 0; times--) {
    if (random.chance(0.7)) image.write(text.offset + random.integer(text.length), Buffer.from(random.pick(WORDS)));
    else damage(image, [{ offset: LABEL, length: 160 }, { offset: AREA, length: 80 }, text], random);
  }
  if (random.chance(0.1)) return;
  const place = textPlace(image);
  writeSum(image, AREA + 56, place.offset, place.length);
  writeSum(image, AREA, AREA + 4, 508);
  writeSum(image, LABEL + 16, LABEL + 20, 492);
  if (random.chance(0.05)) image.truncate(random.integer(image.size));
}

test('damaged physical volumes are read, or refused with typed errors, within bounds', { timeout: 3_600_000 }, async () => {
  const report = await fuzzParser({
    seeds: [{ name: 'a volume of all kinds', bytes: volume, sectorSize: 512 }],
    cases: Number(process.env['FUZZ_CASES'] ?? 500),
    mutate,
    async run(source) {
      await lvm2Provider.probe(source, context);
      const container = await lvm2Provider.open([source], context);
      for (const { name, size, unavailable } of container.describe().devices) {
        if (unavailable !== undefined) continue;
        const node = container.device(name);
        expect(node.size).toBe(size);
        for (const offset of [0, Math.max(0, size - 4096)]) await node.read(offset, Math.min(4096, size), context.signal);
      }
    },
  });
  expect(report.completed).toBeGreaterThan(report.cases / 20);
});

test('sections without end in each other are refused', () => {
  expect(() => parseText('a { '.repeat(100_000))).toThrow(/more than 16 sections/);
});
