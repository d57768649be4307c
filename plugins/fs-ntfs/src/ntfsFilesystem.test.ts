import { describe, expect, onTestFinished, test } from 'vitest';
import { MemorySource } from '@diskwright/sdk/block';
import { blkid, checkAnswers, damage, FileSource, fuzzParser, ImageFile, runTool, toolsMissing } from '@diskwright/sdk/testing';
import { NtfsFilesystem } from './ntfsFilesystem';
import { probeNtfs } from './boot/probe';
import { fileRecordHeader } from './structures/fileRecord';
import { ntfsBootSector } from './structures/ntfsBootSector';

const MIB = 1024 * 1024;
const SIZE = 24 * MIB;
const BACKUP = SIZE - 512;
const signal = new AbortController().signal;

function makeNtfs(args: string[] = [], label = ['-L', 'Größe']): ImageFile {
  const image = new ImageFile();
  onTestFinished(() => image.remove());
  runTool('mkfs.ntfs', ['-F', '-Q', '-q', ...label, ...args, image.blank(SIZE).path]);
  return image;
}

async function openNtfs(image: ImageFile, sectorSize: 512 | 4096 = 512): Promise<{ source: FileSource; ntfs: NtfsFilesystem }> {
  const source = await FileSource.open(image.path, sectorSize);
  onTestFinished(() => source.close());
  return { source, ntfs: await NtfsFilesystem.open(source, signal) };
}

describe.skipIf(toolsMissing('mkfs.ntfs', 'ntfslabel', 'ntfsfix', 'blkid', 'wipefs'))('NTFS', () => {
  test.each([
    ['as it comes', [], 512 as const, 4096],
    ['with clusters of 64 KiB', ['-c', '65536'], 512 as const, 65536],
    ['with single-sector clusters', ['-c', '512'], 512 as const, 512],
    ['with sectors of 4096', ['-s', '4096'], 4096 as const, 4096],
  ])('%s is named as by blkid and ntfslabel', async (_, args, sectorSize, blockSize) => {
    const image = makeNtfs(args);
    const { source, ntfs } = await openNtfs(image, sectorSize);
    expect(await probeNtfs(source)).toBe(100);
    const { TYPE, UUID } = blkid(image.path);
    expect(await ntfs.info(signal)).toMatchObject({
      type: TYPE,
      uuid: UUID,
      size: SIZE,
      used: expect.any(Number) as number,
      blockSize,
      sectorSize,
      clean: true,
    });
    expect((await ntfs.info(signal)).label).toBe(runTool('ntfslabel', ['-n', image.path]).trim());
    expect(await ntfs.check(signal)).toEqual([]);
  });

  test('without a label has none', async () => {
    expect((await (await openNtfs(makeNtfs([], []))).ntfs.info(signal)).label).toBeNull();
  });

  test('that is dirty is not clean, and copied whole', async () => {
    const image = makeNtfs();
    // ntfsfix marks a volume dirty, so that Windows checks it.
    runTool('ntfsfix', [image.path]);
    const { ntfs } = await openNtfs(image);
    expect((await ntfs.info(signal)).clean).toBe(false);
    expect(await ntfs.allocation(signal)).toEqual({
      confidence: 'unknown',
      extents: null,
      reasons: [expect.stringContaining('dirty') as string],
    });
    expect((await ntfs.check(signal)).map((finding) => finding.code)).toEqual(['ntfs.dirty']);
  });

  test('moved gets its hidden sectors in both boot sectors', async () => {
    const image = makeNtfs(['-p', '63']);
    const target = { newStart: 2048 * 512, newSize: SIZE + MIB, newSectorSize: 512 as const };
    const { writes, warnings } = await (await openNtfs(image)).ntfs.relocate(target, signal);
    expect([writes.map(({ offset }) => offset), warnings]).toEqual([[28, BACKUP + 28], []]);
    for (const { offset, bytes } of writes) image.patch(offset, bytes);
    expect(image.peek(0, 512).equals(image.peek(BACKUP, 512))).toBe(true);
    expect(runTool('ntfsfix', ['-n', image.path])).toContain('OK');
    expect((await (await openNtfs(image)).ntfs.relocate(target, signal)).writes).toEqual([]);
  });

  test('is not moved to a smaller place or another sector size', async () => {
    const { ntfs } = await openNtfs(makeNtfs());
    for (const change of [{ newSize: SIZE - 512 }, { newSectorSize: 4096 as const }]) {
      const moving = ntfs.relocate({ newStart: MIB, newSize: SIZE, newSectorSize: 512, ...change }, signal);
      await expect(moving).rejects.toMatchObject({ code: 'Refused' });
    }
  });

  test.each(['commitExtents', 'signatures'] as const)('is recognised by no tool without its %s', async (kind) => {
    const image = makeNtfs();
    for (const { offset, length } of await (await openNtfs(image)).ntfs[kind](signal)) image.patch(offset, Buffer.alloc(length));
    expect(blkid(image.path)).not.toHaveProperty('TYPE');
    expect(blkid(image.path)).not.toHaveProperty('PTTYPE');
    expect(runTool('wipefs', ['-n', image.path])).toBe('');
  });

  test('has a generation that changes with its label', async () => {
    const image = makeNtfs();
    const before = await (await openNtfs(image)).ntfs.generation(signal);
    expect((await (await openNtfs(image)).ntfs.generation(signal)).digest).toBe(before.digest);
    runTool('ntfslabel', [image.path, 'other']);
    expect((await (await openNtfs(image)).ntfs.generation(signal)).digest).not.toBe(before.digest);
  });

  test('without the copy of its boot sector, or with another, has a finding', async () => {
    const missing = makeNtfs().patch(BACKUP, Buffer.alloc(512));
    expect((await (await openNtfs(missing)).ntfs.check(signal)).map((finding) => finding.code)).toEqual(['ntfs.backup.missing']);
    const different = makeNtfs().patch(BACKUP + 100, [1, 2, 3]);
    expect((await (await openNtfs(different)).ntfs.check(signal)).map((finding) => finding.code)).toEqual([
      'ntfs.backup.differs',
    ]);
  });

  test('the boot sector: parser, field ranges and encoder', async () => {
    const image = makeNtfs(['-p', '63']);
    const raw = image.peek(0, 512);
    const boot = ntfsBootSector.read(raw);
    expect(boot).toMatchObject({
      bytesPerSector: 512,
      hiddenSectors: 63,
      totalSectors: BigInt(SIZE / 512 - 1),
      mftCluster: 4n,
      signature: 0xaa55,
    });
    expect(ntfsBootSector.encode(boot, raw).equals(raw)).toBe(true);
    expect(ntfsBootSector.range('serial')).toEqual({ offset: 0x48, length: 8 });
    const edit = { structure: ntfsBootSector.name, structureOffset: 0, field: ['serial'], value: '0x0123456789abcdef' };
    const encoded = await (await openNtfs(image)).ntfs.encodeField(edit, signal);
    expect(blkid(image.patch(encoded.offset, encoded.bytes).path)['UUID']).toBe('0123456789ABCDEF');
  });

  test('the file record: parser, field ranges and encoder', () => {
    const raw = makeNtfs().peek(4 * 4096 + 3 * 1024, fileRecordHeader.size);
    const header = fileRecordHeader.read(raw);
    expect(header).toMatchObject({ magic: 'FILE', fixupCount: 3, linkCount: 1, bytesAllocated: 1024 });
    expect(fileRecordHeader.encode(header, raw).equals(raw)).toBe(true);
    expect(fileRecordHeader.range('bytesInUse')).toEqual({ offset: 24, length: 4 });
  });

  test('lists its structures within the volume, and those that meet a range', async () => {
    const { ntfs } = await openNtfs(makeNtfs());
    const places: [string, number][] = [];
    for await (const { name, offset } of ntfs.structures(signal)) places.push([name, offset]);
    const record = (number: number): [string, number] => ['NTFS file record', 16384 + number * 1024];
    expect(places).toEqual(
      expect.arrayContaining([['NTFS boot sector', 0], record(0), record(3), record(5), ['NTFS boot sector', BACKUP]]),
    );
    const near: unknown[] = [];
    for await (const { name, offset } of ntfs.structures(signal, { offset: 16384 + 3 * 1024 + 100, length: 10 }))
      if (name === 'NTFS file record') near.push([name, offset]);
    expect(near).toEqual([record(3)]);
  });

  test('damaged volumes give findings or typed errors, within bounds', { timeout: 3_600_000 }, async () => {
    const seeds = [
      { name: 'as it comes', bytes: makeNtfs().peek(0, SIZE), sectorSize: 512 as const },
      { name: 'sectors of 4096', bytes: makeNtfs(['-s', '4096']).peek(0, SIZE), sectorSize: 4096 as const },
    ];
    await fuzzParser({
      seeds,
      cases: Number(process.env['FUZZ_CASES'] ?? 500),
      limits: { reads: 2000, bytes: 64 * MIB },
      mutate(image, random, { bytes, sectorSize }) {
        const volumeRecord = 4 * 4096 + 3 * (sectorSize === 512 ? 1024 : 4096);
        const ranges = [
          { offset: 0, length: 96 },
          { offset: volumeRecord, length: 1024 },
          { offset: volumeRecord, length: 64 },
          { offset: bytes.length - sectorSize, length: 96 },
        ];
        for (let times = 1 + random.integer(4); times > 0; times--) damage(image, ranges, random);
        if (random.chance(0.1)) image.truncate(random.integer(bytes.length));
      },
      async run(source) {
        expect(await probeNtfs(source)).toBeLessThanOrEqual(100);
        await checkAnswers(await NtfsFilesystem.open(source, signal), source, signal);
      },
    });
  });
});

test('nothing and noise are not NTFS', async () => {
  for (const bytes of [Buffer.alloc(0), Buffer.alloc(511), Buffer.alloc(4096), Buffer.alloc(4096, 0xa5)]) {
    expect(await probeNtfs(new MemorySource(bytes))).toBe(0);
  }
});
