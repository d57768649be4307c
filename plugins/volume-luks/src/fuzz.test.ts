import { readFileSync } from 'node:fs';
import { damage, fuzzParser, type FuzzSeed, type ScratchImage, type SeededRandom, toolsMissing } from '@diskwright/sdk/testing';
import { afterAll, describe, expect, test } from 'vitest';
import { likelihood } from './header/readHeader';
import { openLuks } from './openLuks';
import { Container, PASSPHRASE, QUICK_KEY } from './testing/makeContainer';
import { HEADER_BYTES, metadataOf, withMetadata } from './testing/rewriteMetadata';

/** One round of the hash a stripe: putting the key together is what takes most of a case's time. */
const SHORT_KEY = ['--cipher', 'aes-cbc-plain64', '--key-size', '128', '--hash', 'sha512'];
const EDGES = ['0', '-1', '1', '1.5', '"0"', '4294967295', '"18446744073709551615"', '[]', '{}', 'null', '""'];
/** So little that no damaged header can keep a case busy. */
const LIMITS = { iterations: 5000, memoryBytes: 1024 * 1024, workBytes: 4 * 1024 * 1024 };

interface Seed extends FuzzSeed {
  version: 1 | 2;
}

/** A JSON area that is damaged by chance would only fail its checksum: some values are put in others' places, and both headers are summed up anew. */
function changeMetadata(image: ScratchImage, random: SeededRandom): void {
  const header = image.read(0, HEADER_BYTES);
  let text = metadataOf(header);
  for (let times = 1 + random.integer(3); times > 0; times--) {
    const values = [...text.matchAll(/"[^"]*"|\b\d+\b/g)];
    const { index, 0: found } = random.pick(values);
    const other = random.pick([random.pick(values)[0], ...EDGES]);
    text = text.slice(0, index) + other + text.slice(index + found.length);
  }
  for (const offset of [0, HEADER_BYTES]) image.write(offset, withMetadata(image.read(offset, HEADER_BYTES), text));
}

describe.skipIf(toolsMissing('cryptsetup'))('damaged containers', () => {
  const made = [
    new Container().format(3 * 1024 * 1024, '--type', 'luks1', '--pbkdf-force-iterations', '1000', ...SHORT_KEY),
    new Container().format(3 * 1024 * 1024, '--type', 'luks2', '--luks2-keyslots-size', '512k', ...QUICK_KEY, ...SHORT_KEY),
  ];
  afterAll(() => made.forEach((each) => each.remove()));
  const seeds = made.map(({ path }, index): Seed => ({
    name: `version ${index + 1}`,
    version: index === 0 ? 1 : 2,
    bytes: readFileSync(path),
    sectorSize: 512,
  }));

  test('are read, or refused with typed errors, within bounds', { timeout: 3_600_000 }, async () => {
    const report = await fuzzParser<Seed>({
      seeds,
      cases: Number(process.env['FUZZ_CASES'] ?? 120),
      mutate(image, random, { version }) {
        if (version === 2 && random.chance(0.8)) changeMetadata(image, random);
        else damage(image, [{ offset: 0, length: version === 1 ? 592 : 512 }], random);
        if (random.chance(0.1)) image.truncate(random.integer(image.size));
      },
      async run(source) {
        const { signal } = new AbortController();
        if ((await likelihood(source, signal)) === 0) return;
        const opened = await openLuks(source, { passphrase: PASSPHRASE, keyFile: null }, LIMITS, signal);
        const device = opened.device(opened.describe().devices[0]!.name);
        await device.read(0, Math.min(device.size, 65536), signal);
      },
    });
    expect(report.completed).toBeGreaterThan(report.cases / 10);
    expect(Object.keys(report.refused)).toEqual(expect.arrayContaining(['DamagedStructure', 'NotSupported', 'SecretNeeded']));
  });
});
