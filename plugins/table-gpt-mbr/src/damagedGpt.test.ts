import { describe, expect, onTestFinished, test } from 'vitest';
import type { TableLayout } from '@diskwright/sdk/protocol';
import { FileSource, faultySource, toolsMissing } from '@diskwright/sdk/testing';
import { OpenGptMbr } from './openGptMbr';
import { gptEntry } from './structures/gptEntry';
import { fixChecksums, patchEntry, patchHeader } from './testing/gptPatch';
import { asSfdisk, isRoot, normalized, prototype, signal, TableImage, tools } from './testing/tableImage';

const mib = 1024 * 1024;
const usual = prototype(32 * mib, (image) => image.sgdisk('-n1:2048:+4M', '-t1:ef00', '-n2:0:+8M', '-c2:two', '-n3:0:0'));
const codes = ({ findings }: TableLayout): string[] => findings.map(({ code }) => code).sort();
const junk = Buffer.alloc(512, 0xee);

describe.skipIf(toolsMissing(...tools))('a damaged GPT', () => {
  test.each([
    ['header wiped', 512, Buffer.alloc(512), ['gpt.primary.missing', 'gpt.usesBackup']],
    ['header with one wrong bit', 512 + 40, Buffer.from([0x23]), ['gpt.primary.crc', 'gpt.usesBackup']],
    ['header of a wrong size', 512 + 12, Buffer.from([0xff, 0xff, 0xff, 0xff]), ['gpt.primary.headerSize', 'gpt.usesBackup']],
    ['entries overwritten', 1024 + 128, junk, ['gpt.primary.entries.crc', 'gpt.usesBackup']],
  ])('with its primary %s is read from the backup, as by sfdisk', async (_, offset, bytes, expected) => {
    const image = usual().write(offset, bytes);
    const layout = await image.layout();
    expect(asSfdisk(layout, 512)).toEqual(normalized(image.sfdiskJson()));
    expect(codes(layout)).toEqual(expected);
    expect(layout.findings.every(({ ranges }) => ranges.length > 0)).toBe(true);
  });

  test.each([
    ['header wiped', -512, Buffer.alloc(512), ['gpt.backup.missing']],
    ['header with one wrong bit', -512 + 60, Buffer.from([0x23]), ['gpt.backup.crc']],
    ['entries overwritten', -33 * 512, junk, ['gpt.backup.entries.crc']],
  ])('with its backup %s is read from the primary', async (_, offset, bytes, expected) => {
    const image = usual().write(offset, bytes);
    const layout = await image.layout();
    expect(asSfdisk(layout, 512)).toEqual(normalized(image.sfdiskJson()));
    expect(codes(layout)).toEqual(expected);
  });

  test.each([
    ['LBA 0', 0, ['gpt.protective.missing']],
    ['the primary header', 512, ['gpt.primary.unreadable', 'gpt.usesBackup']],
    ['the primary entries', 1024, ['gpt.primary.entries.unreadable', 'gpt.usesBackup']],
    ['the backup header', 32 * mib - 512, ['gpt.backup.unreadable']],
  ])('with %s on bad sectors is read from what is left', async (_, offset, expected) => {
    const image = usual();
    const source = await FileSource.open(image.path);
    onTestFinished(() => source.close());
    const table = await OpenGptMbr.open(faultySource(source, { errors: [{ offset, length: 512 }] }), signal);
    const layout = await table.read();
    expect(layout.partitions).toEqual((await image.layout()).partitions);
    expect(codes(layout)).toEqual(expected);
  });

  test('with neither copy whole has no partitions, says so, and is not rebuilt', async () => {
    const image = usual().write(512, junk).write(-512, junk);
    const layout = await image.layout();
    expect(layout).toMatchObject({ type: 'gpt', id: null, partitions: [] });
    expect(codes(layout)).toEqual(['gpt.backup.missing', 'gpt.primary.missing', 'gpt.unusable']);
    await expect(image.rebuild()).rejects.toMatchObject({ code: 'Refused' });
  });

  test('with damaged entries in both copies shows them with an error, and is not rebuilt', async () => {
    const image = usual()
      .write(1024 + 56, junk.subarray(0, 8))
      .write(-33 * 512 + 56, junk.subarray(0, 8));
    const layout = await image.layout();
    expect(layout.partitions.map(({ number }) => number)).toEqual([1, 2, 3]);
    expect(codes(layout)).toEqual(['gpt.backup.entries.crc', 'gpt.primary.entries.crc', 'gpt.untrusted']);
    await expect(image.rebuild()).rejects.toMatchObject({ code: 'Refused' });
  });

  test('without its protective record is found, and gets one again', async () => {
    const image = usual();
    const { id, partitions } = await image.layout();
    image.write(0, Buffer.alloc(512));
    expect(codes(await image.layout())).toEqual(['gpt.protective.missing']);
    const { writes, warnings } = await image.rebuild();
    expect(warnings).toEqual(['the disk has no valid protective boot record; the new table has one']);
    image.apply(writes);
    expect(image.run('sgdisk', ['-v', '{}'])).toContain('No problems found');
    expect(await image.layout()).toMatchObject({ id, partitions, findings: [] });
  });

  test('with nothing left but the backup is found', async () => {
    const image = usual();
    const before = await image.layout();
    const layout = await image.write(0, Buffer.alloc(mib)).layout();
    expect(layout.partitions).toEqual(before.partitions);
    expect(codes(layout)).toEqual(['gpt.primary.missing', 'gpt.protective.missing', 'gpt.usesBackup']);
  });

  test('on a disk that was enlarged has its backup in the middle', async () => {
    const image = usual();
    const larger = new TableImage(64 * mib).write(0, image.content());
    const layout = await larger.layout();
    expect(asSfdisk(layout, 512)).toEqual(normalized(larger.sfdiskJson()));
    expect(codes(layout)).toEqual(['gpt.backup.notAtEnd', 'gpt.protective.size']);
    larger.apply((await larger.rebuild()).writes);
    expect(larger.run('sgdisk', ['-v', '{}'])).toContain('No problems found');
    expect(codes(await larger.layout())).toEqual([]);
  });

  test('on a disk that was enlarged, with a damaged primary, is read from the backup in the middle', async () => {
    const image = usual();
    const before = await image.layout();
    const layout = await new TableImage(64 * mib).write(0, image.write(512 + 56, junk.subarray(0, 4)).content()).layout();
    expect(layout.partitions).toEqual(before.partitions);
    expect(codes(layout)).toContain('gpt.backup.notAtEnd');
  });

  test('that was cut off says which partitions are not whole', async () => {
    const image = new TableImage(24 * mib).write(0, usual().read(0, 24 * mib));
    const layout = await image.layout();
    expect(codes(layout)).toEqual(['gpt.backup.missing', 'gpt.entries.outside', 'gpt.protective.size', 'gpt.usable']);
    expect(layout.findings.find(({ code }) => code === 'gpt.entries.outside')?.message).toContain('partition 3');
    await expect(image.rebuild()).rejects.toMatchObject({ code: 'Refused' });
  });

  test('made for sectors of another size is read in those, with a finding', async () => {
    const image = usual();
    const layout = await image.layout(4096);
    expect(layout.partitions).toEqual((await image.layout()).partitions);
    expect(codes(layout)).toEqual(['gpt.sectorSize']);
  });
});

describe.skipIf(toolsMissing(...tools))('GPT entries that make no sense', () => {
  test.each([
    ['reversed', { firstLba: 9000n, lastLba: 8000n }, 'gpt.entries.reversed'],
    ['empty', { firstLba: 9000n, lastLba: 8999n }, 'gpt.entries.reversed'],
    ['out of the disk', { firstLba: 60000n, lastLba: 2n ** 40n }, 'gpt.entries.outside'],
    ['beyond all numbers', { firstLba: 60000n, lastLba: 2n ** 64n - 1n }, 'gpt.entries.outside'],
    ['on the header', { firstLba: 1n, lastLba: 8n }, 'gpt.entries.unusable'],
    ['over another', { firstLba: 4096n, lastLba: 12287n }, 'gpt.entries.overlap'],
  ])('%s are findings, and never rebuilt', async (_, change, code) => {
    const image = usual();
    patchEntry(image, 2, change);
    const layout = await image.layout();
    expect(codes(layout)).toContain(code);
    await expect(image.rebuild()).rejects.toMatchObject({ code: 'Refused' });
  });

  test('with the same identifier are a finding', async () => {
    const image = usual();
    patchEntry(image, 2, { uniqueGuid: (await image.layout()).partitions[0]!.id! });
    expect(codes(await image.layout())).toEqual(['gpt.entries.duplicateId']);
  });
});

describe.skipIf(toolsMissing(...tools))('unusual GPT headers', () => {
  test.each([
    ['entry counts in the billions', { partitionEntryCount: 0xffffffff }, 'gpt.primary.entryCount'],
    ['enormous entries', { partitionEntrySize: 0x80000000 }, 'gpt.primary.entrySize'],
    ['entries beyond the disk', { partitionEntryLba: 2n ** 63n }, 'gpt.primary.entriesLba'],
    ['entries over the header', { partitionEntryLba: 0n }, 'gpt.primary.entriesLba'],
    ['a place of their own that is another', { myLba: 7n }, 'gpt.primary.myLba'],
  ])('with %s are not believed', async (_, change, code) => {
    const image = usual();
    patchHeader(image, 'primary', change);
    const layout = await image.layout();
    expect(codes(layout)).toEqual([code, 'gpt.usesBackup'].sort());
    expect(layout.partitions.length).toBe(3);
  });

  test('with a larger size are read, and keep what they say beyond 92 bytes', async () => {
    const image = usual()
      .write(512 + 100, Buffer.from('vendor'))
      .write(-512 + 100, Buffer.from('vendor'));
    for (const role of ['primary', 'backup'] as const) patchHeader(image, role, { headerSize: 512 });
    expect(codes(await image.layout())).toEqual([]);
    const { writes } = await image.rebuild({ size: 64 * mib });
    const target = new TableImage(64 * mib).apply(writes);
    expect(target.read(512 + 100, 6).toString()).toBe('vendor');
    expect(target.run('sgdisk', ['-v', '{}'])).toContain('No problems found');
  });

  test('with entries of 256 bytes are read and rebuilt', async () => {
    const image = usual();
    for (const role of ['primary', 'backup'] as const) {
      const offset = role === 'primary' ? 1024 : image.size - 33 * 512;
      const narrow = image.read(offset, 3 * 128);
      const wide = Buffer.alloc(64 * 256);
      for (let index = 0; index < 3; index++) narrow.copy(wide, index * 256, index * 128, index * 128 + 128);
      image.write(offset, wide);
      patchHeader(image, role, { partitionEntryCount: 64, partitionEntrySize: 256 });
      fixChecksums(image, role);
    }
    const layout = await image.layout();
    expect(layout.partitions.map(({ number, name }) => [number, name])).toEqual([
      [1, ''],
      [2, 'two'],
      [3, ''],
    ]);
    expect(codes(layout)).toEqual([]);
    const target = new TableImage(64 * mib).apply((await image.rebuild({ size: 64 * mib })).writes);
    expect((await target.layout()).partitions).toEqual(layout.partitions);
    expect(gptEntry.read(target.read(1024 + 256, 128)).name).toBe('two');
  });

  test('that differ from each other are a finding, and the primary counts', async () => {
    const image = usual();
    const { id } = await image.layout();
    patchHeader(image, 'backup', { diskGuid: '11111111-2222-3333-4444-555555555555' });
    const layout = await image.layout();
    expect(layout.id).toBe(id);
    expect(codes(layout)).toEqual(['gpt.copies.differ']);
  });
});

describe.skipIf(toolsMissing(...tools, 'losetup') || !isRoot)('a GPT of a disk with sectors of 4096 bytes', () => {
  test('in an image opened with 512 has its partitions where they are', async () => {
    const image = new TableImage(64 * mib, 4096).sgdisk('-n1:256:+4M', '-n2:0:0');
    const layout = await image.layout(512);
    expect(layout.partitions).toEqual((await image.layout()).partitions);
    expect(codes(layout)).toEqual(['gpt.sectorSize']);
  });
});
