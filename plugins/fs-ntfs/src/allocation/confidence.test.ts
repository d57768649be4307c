import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { toolsMissing } from '@diskwright/sdk/testing';
import { attributeOffsets, visitAttributes } from '../records/attributeHeader';
import { AttributeFlag, AttributeType, volumeInformation } from '../structures/fileRecord';
import { restartArea, restartPage } from '../structures/logRestart';
import { ntfsTools, type NtfsImage } from '../testing/ntfsImage';
import { newImage, openImage, signal } from '../testing/openImage';

const MIB = 1024 * 1024;
const PAGE_BYTES = 4096;
const RECORDS_AT = 4 * 4096;
const RECORD_BYTES = 1024;
const VOLUME_RECORD = RECORDS_AT + 3 * RECORD_BYTES;
const ROOT_RECORD = RECORDS_AT + 5 * RECORD_BYTES;
const FIRST_ATTRIBUTE_AT = 56;
const [LOG, BITMAP] = [2, 6];

async function confidenceOf(image: NtfsImage): Promise<[string, string]> {
  const { confidence, reasons } = await (await openImage(image)).allocation(signal);
  return [confidence, reasons.join(' ')];
}

/** Where the record of hiberfil.sys begins. */
async function placeOfFile(image: NtfsImage): Promise<number> {
  const { files } = await openImage(image);
  const { node } = (await files.lookup('/hiberfil.sys', signal))!;
  return (await files.recordOf(node)).offset;
}

/** A page as Windows leaves it: guarded by an update sequence whose number is 1. */
function logPage(area: Partial<ReturnType<typeof restartArea.read>>, majorVersion = 1): Buffer {
  const page = Buffer.alloc(PAGE_BYTES);
  const header = { checkLsn: 0n, systemPageBytes: PAGE_BYTES, logPageBytes: PAGE_BYTES, restartOffset: 64, minorVersion: 1 };
  restartPage.encode({ magic: 'RSTR', fixupOffset: 30, fixupCount: 9, ...header, majorVersion }).copy(page);
  const whole = { currentLsn: 5n, clients: 1, freeClients: 0xffff, clientsInUse: 0, flags: 0, ...area };
  restartArea.encode(whole).copy(page, 64);
  page.writeUInt16LE(1, 30);
  for (let end = 510; end < PAGE_BYTES; end += 512) page.writeUInt16LE(1, end);
  return page;
}

/** Changes the attribute that holds the content of one of the system's files; `at` is where it begins in the image. */
function changeData(image: NtfsImage, number: number, change: (at: number) => void): NtfsImage {
  const start = RECORDS_AT + number * RECORD_BYTES;
  visitAttributes(image.peek(start, RECORD_BYTES), 0, RECORD_BYTES, (at, type) => {
    if (type === AttributeType.DATA) change(start + at);
  });
  return image;
}

async function withLog(...pages: Buffer[]): Promise<NtfsImage> {
  const image = newImage().format(24 * MIB);
  const [extent] = await (await openImage(image)).files.extentsOf('2', signal);
  return image.patch(extent!.offset, Buffer.concat(pages));
}

describe.skipIf(toolsMissing(...ntfsTools))('what keeps $Bitmap of NTFS from being the truth', () => {
  test.each([
    ['a system that sleeps', 'hibr', 'unknown', /hibernated/],
    ['a system that failed to wake', 'RSTR', 'unknown', /hibernated/],
    ['a system that was woken', 'wake', 'exact', /^$/],
    ['an empty file', '', 'exact', /^$/],
  ])('%s in hiberfil.sys', async (_, content, confidence, reason) => {
    const image = newImage().format(24 * MIB);
    await image.mounted((folder) => writeFileSync(join(folder, 'hiberfil.sys'), content.padEnd(8192, '\0')));
    expect(await confidenceOf(image)).toEqual([confidence, expect.stringMatching(reason)]);
  });

  test.each<[string, (image: NtfsImage) => Promise<unknown>]>([
    ['the root is torn', (image) => Promise.resolve(image.patch(ROOT_RECORD + 510, [0xee, 0xee]))],
    [
      'the root has no index',
      (image) => Promise.resolve(image.patch(ROOT_RECORD + FIRST_ATTRIBUTE_AT, [0xff, 0xff, 0xff, 0xff])),
    ],
    ['hiberfil.sys is torn', async (image) => image.patch((await placeOfFile(image)) + 510, [0xee, 0xee])],
    [
      'hiberfil.sys is encrypted',
      async (image) => {
        const at = await placeOfFile(image);
        visitAttributes(image.peek(at, RECORD_BYTES), 0, RECORD_BYTES, (attribute, type) => {
          const flags = Buffer.alloc(2);
          flags.writeUInt16LE(AttributeFlag.ENCRYPTED);
          if (type === AttributeType.DATA) image.patch(at + attribute + attributeOffsets.flags, flags);
        });
      },
    ],
  ])('a system that may sleep, since %s', async (_, change) => {
    const image = newImage().format(24 * MIB);
    await image.mounted((folder) => writeFileSync(join(folder, 'hiberfil.sys'), 'wake'.padEnd(8192, '\0')));
    await change(image);
    expect(await confidenceOf(image)).toEqual([
      'unknown',
      expect.stringContaining('cannot be told whether Windows is hibernated'),
    ]);
  });

  test.each([
    ['is open', [logPage({})], 'unknown', /log was not closed.*files are shown as they are on the disk/],
    ['was closed', [logPage({ clientsInUse: 0xffff })], 'exact', /^$/],
    ['was dismounted in order', [logPage({ flags: 2 })], 'exact', /^$/],
    ['was dismounted before, and opened since', [logPage({ flags: 2 }), logPage({ currentLsn: 9n })], 'unknown', /not closed/],
    ['has changes that Windows keeps back', [logPage({ flags: 2 }, 2)], 'unknown', /fast start/],
    ['is torn', [logPage({ flags: 2 }).fill(7, 510, 512), Buffer.alloc(PAGE_BYTES)], 'unknown', /damaged/],
  ])('a log that %s', async (_, pages, confidence, reason) => {
    expect(await confidenceOf(await withLog(...pages))).toEqual([confidence, expect.stringMatching(reason)]);
  });

  test('a version that is not known', async () => {
    const image = newImage().format(24 * MIB);
    const record = image.peek(VOLUME_RECORD, 1024);
    visitAttributes(record, 0, 1024, (at, type) => {
      if (type !== AttributeType.VOLUME_INFORMATION) return;
      const value = at + record.readUInt16LE(at + attributeOffsets.valueOffset);
      image.patch(VOLUME_RECORD + value + volumeInformation.range('majorVersion').offset, [4]);
    });
    expect(await confidenceOf(image)).toEqual(['unknown', expect.stringContaining('Version 4.1')]);
  });

  test('a log without any bytes', async () => {
    const image = newImage().format(24 * MIB);
    changeData(image, LOG, (at) => void image.patch(at + attributeOffsets.dataSize, Buffer.alloc(16)));
    expect(await confidenceOf(image)).toEqual(['unknown', expect.stringMatching(/log was not closed/)]);
  });

  test('a hole in $Bitmap, which would read as free clusters', async () => {
    const image = newImage().format(24 * MIB);
    changeData(image, BITMAP, (at) => {
      const runs = at + image.peek(at + attributeOffsets.runsOffset, 2).readUInt16LE();
      const [head = 0] = image.peek(runs, 1);
      const lengthBytes = head & 15;
      image.patch(runs, [lengthBytes]).patch(runs + 1 + lengthBytes, [0]);
    });
    expect(await confidenceOf(image)).toEqual(['unknown', expect.stringContaining('no place for all of its bytes')]);
  });

  test('a volume whose end is cut off, and a mirror that differs', async () => {
    const image = newImage().format(24 * MIB);
    const short = newImage().blank(20 * MIB);
    short.patch(0, image.peek(0, 20 * MIB));
    expect(await confidenceOf(short)).toEqual(['unknown', expect.stringContaining('cut off')]);
    const { mirrorOffset } = { mirrorOffset: Number(image.peek(0x38, 8).readBigUInt64LE()) * 4096 };
    image.patch(mirrorOffset + 1024 + 60, [1, 2, 3]);
    const findings = await (await openImage(image)).check(signal);
    expect(findings.map(({ code, ranges }) => [code, ranges?.[0]?.offset])).toEqual([
      ['ntfs.mirror.differs', mirrorOffset + 1024],
    ]);
  });
});
