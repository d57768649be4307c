import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkImage, damage, fuzzParser, openImage, runTool, toolsMissing } from '@diskwright/sdk/testing';
import { describe, expect, onTestFinished, test } from 'vitest';
import plugin from './main';
import { Id, logEntry } from './structures';
import { differencing } from './testing/differencing';
import { withLog } from './testing/dirtyLog';
import { FileLayout } from './testing/fileLayout';

const provider = plugin.imageFormats!['vhdx']!;
const MIB = 1024 * 1024;

function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'diskwright-vhdx-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** A disk with bytes here and there, as VHDX. */
function image(size: number, ...options: string[]): { folder: string; path: string; disk: Buffer } {
  const folder = scratch();
  const disk = Buffer.alloc(size);
  for (let at = MIB / 2; at < size - 300_000; at += 5 * MIB) randomBytes(300_000).copy(disk, at);
  return { folder, path: converted(folder, disk, ...options), disk };
}

function converted(folder: string, disk: Buffer, ...options: string[]): string {
  const [raw, path] = [join(folder, 'disk.img'), join(folder, 'image.vhdx')];
  writeFileSync(raw, disk);
  runTool('qemu-img', ['convert', '-f', 'raw', '-O', 'vhdx', ...options, raw, path]);
  return path;
}

async function open(path: string) {
  const opened = await openImage(provider, path);
  onTestFinished(() => opened.close());
  return opened.image;
}

describe.skipIf(toolsMissing('qemu-img'))('reads as QEMU does', () => {
  test.each([
    ['dynamic', 24 * MIB, []],
    ['dynamic, blocks of 1 MiB', 24 * MIB, ['-o', 'block_size=1M']],
    ['dynamic, blocks of 256 MiB', 24 * MIB, ['-o', 'block_size=256M']],
    ['of a size that is no multiple of a block', 7 * MIB + 512, ['-o', 'block_size=2M']],
    ['dynamic, blocks that are not there', 24 * MIB, ['-o', 'block_state_zero=off,block_size=1M']],
    ['fixed', 24 * MIB, ['-o', 'subformat=fixed']],
  ])('%s', async (_, size, options) => {
    const { path, disk } = image(size, ...options);
    await checkImage(await open(path), disk);
  });

  test('a disk whose table has places of sector bits between', async () => {
    const path = join(scratch(), 'large.vhdx');
    runTool('qemu-img', ['create', '-q', '-f', 'vhdx', '-o', 'block_size=1M', path, '9G']);
    // Over the border of the first 4096 blocks.
    runTool('qemu-io', ['-f', 'vhdx', '-c', 'write -P 7 4294901760 131072', '-c', 'write -P 9 9663610880 65536', path]);
    const opened = await open(path);
    const { signal } = new AbortController();
    const border = await opened.read(4294901760 - 4096, 131072 + 8192, signal);
    expect(border.equals(Buffer.concat([Buffer.alloc(4096), Buffer.alloc(131072, 7), Buffer.alloc(4096)]))).toBe(true);
    expect((await opened.read(opened.size - 65536, 65536, signal)).every((byte) => byte === 9)).toBe(true);
  });

  test('sectors of 4096 bytes', async () => {
    const { path, disk } = image(8 * MIB);
    const file = new FileLayout(readFileSync(path));
    file.bytes.writeUInt32LE(4096, file.item(Id.sectorSize));
    writeFileSync(path, file.bytes);
    const opened = await open(path);
    expect(opened.describe().sectorSize).toBe(4096);
    await checkImage(opened, disk);
  });

  test('of a block through which the end of the file goes nothing is made up', async () => {
    const { path, disk } = image(8 * MIB, '-o', 'block_size=8M');
    truncateSync(path, readFileSync(path).length - 3 * MIB);
    const opened = await open(path);
    const { signal } = new AbortController();
    expect((await opened.read(0, 5 * MIB, signal)).equals(disk.subarray(0, 5 * MIB))).toBe(true);
    await expect(opened.read(0, 6 * MIB, signal)).rejects.toMatchObject({
      code: 'DamagedStructure',
      message: expect.stringMatching(/ends at byte/),
    });
  });

  test('a header and a region table that are lost', async () => {
    const { path, disk } = image(8 * MIB);
    const bytes = readFileSync(path);
    bytes.fill(0xff, 192 * 1024, 193 * 1024);
    const newer = bytes.readBigUInt64LE(65536 + 8) > bytes.readBigUInt64LE(131072 + 8) ? 65536 : 131072;
    bytes[newer + 100]! ^= 1;
    writeFileSync(path, bytes);
    await checkImage(await open(path), disk);
  });
});

/** No tool here writes these: they are made by the specification. */
describe.skipIf(toolsMissing('qemu-img'))('a differencing disk', () => {
  function chain() {
    const parent = image(8 * MIB);
    const disk = Buffer.from(parent.disk);
    const own = Buffer.alloc(8 * MIB);
    randomBytes(2 * MIB).copy(own, 3 * MIB);
    const isOwn = (sector: number): boolean => sector >= 6500 && (sector % 7 === 0 || (sector > 8000 && sector < 9000));
    for (let sector = 3 * 2048; sector < 5 * 2048; sector++) {
      if (isOwn(sector)) own.copy(disk, sector * 512, sector * 512, sector * 512 + 512);
    }
    const { dataWriteId } = new FileLayout(readFileSync(parent.path)).header;
    const bytes = differencing(
      readFileSync(converted(scratch(), own, '-o', 'block_size=1M,block_state_zero=off')),
      { dataWriteId, path: '.\\image.vhdx' },
      isOwn,
    );
    const path = join(parent.folder, 'child.avhdx');
    writeFileSync(path, bytes);
    return { parent, path, disk };
  }

  test('has its own sectors, and the rest of its parent', async () => {
    const { path, disk } = chain();
    const opened = await open(path);
    expect(opened.describe().details).toContainEqual(['parents', 'image.vhdx']);
    await checkImage(opened, disk);
  });

  test('does not take another disk for its parent', async () => {
    const { parent, path } = chain();
    runTool('qemu-img', ['create', '-q', '-f', 'vhdx', parent.path, '8M']);
    await expect(open(path)).rejects.toMatchObject({
      code: 'DamagedStructure',
      message: expect.stringMatching(/written to since/),
    });
  });
});

describe.skipIf(toolsMissing('qemu-img'))('a log that was not replayed', () => {
  /** The block table and some data are only in the log, which goes round its end if it starts there. */
  function dirty(start: number) {
    const { folder, path, disk } = image(8 * MIB, '-o', 'block_size=1M');
    const file = new FileLayout(readFileSync(path));
    const table = Buffer.from(file.bytes.subarray(file.blockTableAt, file.blockTableAt + 4096));
    file.bytes.fill(0, file.blockTableAt, file.blockTableAt + 4096);
    const data = Number(table.readBigUInt64LE(0) >> 20n) * MIB + MIB / 2;
    disk.fill(0, MIB / 2, MIB / 2 + 8192);
    const entries = [
      [{ offset: data, to: Buffer.alloc(4096, 7) }],
      [
        { offset: file.blockTableAt, to: table },
        { offset: data, to: 8192 },
      ],
    ];
    writeFileSync(path, withLog(file.bytes, entries, start));
    return { folder, path, disk };
  }

  test.each([0, 8192, MIB - 8192])('is applied in memory, from byte %i of the log on', async (start) => {
    const { path, disk } = dirty(start);
    const before = readFileSync(path);
    const opened = await open(path);
    expect(opened.describe().warnings).toHaveLength(1);
    await checkImage(opened, disk);
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  test('leads to what QEMU makes of it', async () => {
    const { folder, path, disk } = dirty(MIB - 8192);
    runTool('qemu-img', ['check', '-q', '-r', 'all', '-f', 'vhdx', path]);
    runTool('qemu-img', ['convert', '-f', 'vhdx', '-O', 'raw', path, join(folder, 'plain.img')]);
    expect(readFileSync(join(folder, 'plain.img')).equals(disk)).toBe(true);
  });

  test('of which no entry is whole is refused', async () => {
    const { path } = dirty(0);
    const file = new FileLayout(readFileSync(path));
    file.bytes.fill(0, Number(file.header.logOffset), Number(file.header.logOffset) + MIB);
    writeFileSync(path, file.bytes);
    await expect(open(path)).rejects.toMatchObject({ code: 'DamagedStructure', message: expect.stringMatching(/log/) });
  });

  test('whose entries lie over each other is refused before all are summed up', async () => {
    const { path } = dirty(0);
    const file = new FileLayout(readFileSync(path));
    const { logOffset, logBytes } = file.header;
    const log = file.bytes.subarray(Number(logOffset), Number(logOffset) + logBytes);
    const entry = Buffer.from(log.subarray(0, logEntry.size));
    const { offset: lengthAt } = logEntry.range('length');
    entry.writeUInt32LE(logBytes, lengthAt);
    for (let at = 0; at < logBytes; at += 4096) entry.copy(log, at);
    writeFileSync(path, file.bytes);
    await expect(open(path)).rejects.toMatchObject({
      code: 'DamagedStructure',
      message: expect.stringMatching(/over each other/),
    });
  });

  test('damaged images are read, or refused with typed errors, within bounds', { timeout: 3_600_000 }, async () => {
    const seeds = [readFileSync(image(8 * MIB).path), readFileSync(dirty(0).path)].map((bytes, index) => ({
      name: ['dynamic', 'with a log'][index]!,
      bytes,
      sectorSize: 512 as const,
    }));
    const report = await fuzzParser({
      seeds,
      cases: Number(process.env['FUZZ_CASES'] ?? 500),
      mutate(scratchImage, random, { bytes }) {
        const file = new FileLayout(bytes);
        const log = Number(file.header.logOffset);
        const ranges = [
          { offset: file.metadataAt, length: 256 },
          { offset: file.item(Id.fileParameters), length: 64 },
          { offset: file.blockTableAt, length: 64 },
          { offset: log, length: 4096 },
          ...(random.chance(0.2) ? [65536, 131072, 196608, 262144].map((offset) => ({ offset, length: 128 })) : []),
        ];
        for (let times = 1 + random.integer(3); times > 0; times--) damage(scratchImage, ranges, random);
        if (random.chance(0.1)) scratchImage.truncate(random.integer(bytes.length));
      },
      async run(source) {
        const { signal } = new AbortController();
        const { image: opened } = await openImage(provider, source);
        if (opened.size === 0) return;
        await opened.extents(0, opened.size, signal);
        await opened.read(0, Math.min(opened.size, 65536), signal);
      },
    });
    expect(report.completed).toBeGreaterThan(report.cases / 10);
  });
});
