import { InvalidInputError } from '@diskwright/sdk/errors';
import { damage, fuzzParser } from '@diskwright/sdk/testing';
import { expect, test } from 'vitest';
import plugin from './main';

const provider = plugin.imageFormats!['clonezilla']!;
const log = { error: () => undefined, warn: () => undefined, info: () => undefined, debug: () => undefined };
const DUMP = `label: gpt
label-id: 7A1C2F2E-1B7B-4C5D-9E43-2D7F0A9C1E11
device: /dev/sda
unit: sectors
first-lba: 34
sector-size: 512

/dev/sda1 : start=        2048, size=       49152, type=0FC63DAF-8483-4772-8E79-3D69D8477DE4
/dev/sda2 : start=       51200, size=        8192, type=0657FD6D-A4AB-43C4-84E5-0933C84B4F4F
`;

/** Of a boot record, before its table. */
const NO_PROGRAM = Buffer.alloc(446);
const LOGICAL = `label: dos
label-id: 0x7a1c2f2e
device: /dev/sda
unit: sectors

/dev/sda1 : start=        2048, size=       20480, type=83, bootable
/dev/sda2 : start=       22528, size=       71680, type=5
/dev/sda5 : start=       24576, size=       20480, type=83
/dev/sda6 : start=       47104, size=       10240, type=82
`;

test('damaged lists of partitions are read, or refused with typed errors, within bounds', { timeout: 3_600_000 }, async () => {
  const report = await fuzzParser({
    seeds: [DUMP, LOGICAL].map((text, index) => ({
      name: `dump ${index}`,
      bytes: Buffer.concat([Buffer.from(text), Buffer.alloc(512 - text.length)]),
      sectorSize: 512,
    })),
    cases: Number(process.env['FUZZ_CASES'] ?? 500),
    mutate(scratch, random) {
      for (let times = 1 + random.integer(4); times > 0; times--) damage(scratch, [{ offset: 70, length: 270 }], random);
    },
    async run(source) {
      const { signal } = new AbortController();
      const sibling = async (path: string): Promise<never> => {
        throw new InvalidInputError(`there is no file ${path}`);
      };
      const image = await provider.open(source, { signal, offset: 0, log, name: 'sda-pt.sf', snapshot: null, sibling });
      await image.extents(0, image.size, signal);
      // The chain of logical partitions is all that stands there.
      const start = await image.read(0, Math.min(image.size, 65536), signal);
      for (let at = 0; at < start.length; at += 512) expect(start.subarray(at, at + 446).equals(NO_PROGRAM)).toBe(true);
    },
  });
  expect(report.completed).toBeGreaterThan(report.cases / 10);
});
