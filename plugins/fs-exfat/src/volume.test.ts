import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ExtentList, subtract } from '@diskwright/sdk/extents';
import { checkFilesystemProvider, runTool, SeededRandom, toolsMissing, tryTool } from '@diskwright/sdk/testing';
import { exfatProvider } from './provider';
import { type ExfatImage, TOOLS } from './testing/exfatImage';
import { cannotMount, makeExfat, openExfat, signal } from './testing/openExfat';
import { makeTree } from './testing/makeTree';
import { contentHash, walk } from './testing/readTree';

const MIB = 1024 * 1024;
const small = (args: readonly string[] = ['-c', '4K']): ExfatImage => makeExfat(16 * MIB, args);
const withFiles = (): ExfatImage => small().mounted((folder) => makeTree(folder, new SeededRandom(1), 20_000));

async function codes(image: ExfatImage): Promise<string[]> {
  return (await (await openExfat(image.path)).check(signal)).map(({ code }) => code);
}

async function expectUnknown(image: ExfatImage, reason: RegExp): Promise<void> {
  const allocation = await (await openExfat(image.path)).allocation(signal);
  expect(allocation).toMatchObject({ confidence: 'unknown', extents: null });
  expect(allocation.reasons.join('\n')).toMatch(reason);
}

describe.skipIf(toolsMissing(...TOOLS))('an exFAT volume', () => {
  test('keeps what holds for every filesystem', async () => {
    await checkFilesystemProvider({
      provider: exfatProvider,
      volume: readFileSync(makeExfat(3 * MIB, ['-c', '512', '-b', '64K']).path),
    });
  });

  test('is recognised by no tool before its commit extents are written, nor when its signatures are gone', async () => {
    for (const what of ['commitExtents', 'signatures'] as const) {
      const image = small();
      const ranges = await (await openExfat(image.path))[what](signal);
      for (const { offset, length } of ranges) image.patch(offset, Buffer.alloc(length));
      expect(image.blkid()).not.toHaveProperty('TYPE');
      expect(runTool('wipefs', ['-n', image.path])).toBe('');
      expect(tryTool('fsck.exfat', ['-n', image.path]).status).not.toBe(0);
    }
  });

  test('has commit extents that are allocated', async () => {
    const filesystem = await openExfat(small().path);
    const { extents } = await filesystem.allocation(signal);
    expect(subtract(ExtentList.fromRanges(await filesystem.commitExtents()), extents!).covered).toBe(0);
  });

  test('is moved by the partition offset and the checksums of both regions, as fsck.exfat wants them', async () => {
    const image = small().setPartitionOffset(63n);
    const target = { newStart: 4 * MIB, newSize: 16 * MIB, newSectorSize: 512 } as const;
    const { writes, warnings } = await (await openExfat(image.path)).relocate(target, signal);
    expect([writes.length, warnings]).toEqual([4, []]);
    for (const { offset, bytes } of writes) image.patch(offset, bytes);
    expect(image.peek(64, 8).readBigUInt64LE()).toBe(8192n);
    expect(image.fsck().output).toContain('clean.');
    expect(await (await openExfat(image.path, 512, 4 * MIB)).check(signal)).toEqual([]);
    expect((await (await openExfat(image.path)).relocate(target, signal)).writes).toEqual([]);
  });

  test('that records no place stays so, and lives on the same sector size alone', async () => {
    const filesystem = await openExfat(small().path);
    const target = { newStart: 4 * MIB, newSize: 16 * MIB, newSectorSize: 512 } as const;
    expect(await filesystem.relocate(target, signal)).toEqual({ writes: [], warnings: [] });
    await expect(filesystem.relocate({ ...target, newSectorSize: 4096 }, signal)).rejects.toMatchObject({ code: 'Refused' });
    await expect(filesystem.relocate({ ...target, newSize: MIB }, signal)).rejects.toMatchObject({ code: 'Refused' });
  });

  test('shows its structures in ascending order, and takes an edit of one', async () => {
    const filesystem = await openExfat(small().path);
    const seen: [string, number][] = [];
    for await (const { name, offset, findings } of filesystem.structures(signal)) {
      seen.push([name, offset]);
      expect(findings).toEqual([]);
    }
    expect(seen.map(([name]) => name)).toEqual([
      ...['exFAT boot sector', 'exFAT boot checksum', 'exFAT boot sector', 'exFAT boot checksum', 'first exFAT FAT entries'],
      ...['exFAT volume label entry', 'exFAT allocation bitmap entry', 'exFAT up-case table entry'],
    ]);
    const [structure, structureOffset] = seen[5]!;
    const edit = { structure, structureOffset, field: ['label'], value: 'Other' };
    const { offset, bytes } = await filesystem.encodeField(edit, signal);
    expect([offset, bytes.toString('utf16le', 0, 10)]).toEqual([structureOffset + 2, 'Other']);
    await expect(filesystem.encodeField({ ...edit, structureOffset: 1 }, signal)).rejects.toMatchObject({ code: 'InvalidInput' });
  });
});

describe.skipIf(toolsMissing(...TOOLS))('the allocation is not told of', () => {
  test('a volume that was not cleanly unmounted', () => expectUnknown(small().patch(106, [2]), /marks the volume as dirty/));
  test('a volume with disk errors', () => expectUnknown(small().patch(106, [4]), /disk errors were met/));
  test('TexFAT', () => expectUnknown(small().patch(110, [2]), /TexFAT|FATs end/));
  test('a volume that is cut off', () => expectUnknown(small().patch(72, [0, 0, 0, 1]), /the end is cut off/));

  test('a bitmap that calls itself free', async () => {
    const image = small();
    const { firstBlock } = await (await openExfat(image.path)).info(signal);
    await expectUnknown(image.patch(firstBlock!.offset, [0]), /calls clusters of the allocation bitmap free/);
  });

  test('a root directory with an entry of a kind that is not known', async () => {
    const image = small();
    const place = image.find(Buffer.from([0x82]), await rootOffset(image));
    await expectUnknown(image.patch(place, [0x8a]), /kind 0x8a .* is not known/);
  });
});

describe.skipIf(cannotMount())('files', () => {
  test('read as zeros behind what was written', async () => {
    const image = small().mounted((folder) => writeFileSync(join(folder, 'file'), Buffer.alloc(10_000, 0x41)));
    const before = await openExfat(image.path);
    const { node } = (await before.files.lookup('/FILE', signal))!;
    // What was written, in the stream entry behind the first one. The checksum is wrong then, as check tells.
    image.patch(Number(node) + 32 + 8, [0x88, 0x13, 0, 0, 0, 0, 0, 0]);
    const after = await openExfat(image.path);
    const segments = [];
    for await (const segment of (await after.files.contentOf(node, undefined, signal)).segments) segments.push(segment);
    expect(segments).toEqual([
      { kind: 'extent', offset: (await after.files.extentsOf(node, signal))[0]!.offset, length: 5000 },
      { kind: 'zeros', length: 5000 },
    ]);
    expect(await codes(image)).toEqual(['exfat.entrySet.checksum']);
    expect(image.fsck().output).toContain('the checksum of a file is wrong');
  });

  test('of more than 4 GiB are read to their end', async () => {
    const size = 5 * 1024 * MIB + 1;
    const image = makeExfat(6 * 1024 * MIB).mounted((folder) => writeFileSync(join(folder, 'large'), 'x'));
    const { node } = (await (await openExfat(image.path)).files.lookup('/large', signal))!;
    // Clusters that follow each other, without the FAT: no driver needs to write them for that.
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(size));
    const stream = Number(node) + 32;
    image
      .patch(stream + 1, [3])
      .patch(stream + 8, length)
      .patch(stream + 24, length);
    const filesystem = await openExfat(image.path);
    expect(await filesystem.files.lookup('/large', signal)).toMatchObject({ node, size });
    const segments = [];
    for await (const segment of (await filesystem.files.contentOf(node, undefined, signal)).segments) segments.push(segment);
    expect(segments).toMatchObject([{ kind: 'extent', length: size }]);
  });

  test('have times in UTC, whatever zone they were written in', async () => {
    const image = small().mounted((folder) => writeFileSync(join(folder, 'file'), 'x'));
    const { node } = (await (await openExfat(image.path)).files.lookup('/file', signal))!;
    // 2001-02-03 04:05:07.5, an hour and a half west of UTC: minus six quarters.
    image
      .patch(Number(node) + 8, [0xa3, 0x20, 0x43, 0x2a])
      .patch(Number(node) + 20, [150])
      .patch(Number(node) + 22, [0x80 | (0x80 - 6)]);
    const { metadata, details } = await (await openExfat(image.path)).files.stat(node, signal);
    expect(metadata!.created).toEqual({ seconds: Date.UTC(2001, 1, 3, 5, 35, 7) / 1000, nanoseconds: 500_000_000 });
    expect(new Map(details).get('created')).toBe('2001-02-03T05:35:07.50Z, written at UTC-01:30');
  });

  test('are found by the bytes that they own, and every byte has an owner', async () => {
    const image = withFiles().fragment(3, 20, 30_000);
    const filesystem = await openExfat(image.path);
    let end = 0;
    const named = new Map<string, number>();
    for await (const { offset, length, name, kind } of filesystem.ownersOf([{ offset: 0, length: 16 * MIB }], signal)) {
      expect(offset).toBe(end);
      end = offset + length;
      if (kind === 'file') named.set(name, (named.get(name) ?? 0) + length);
    }
    expect(end).toBe(16 * MIB);
    for await (const { path, node, type, size } of walk(filesystem)) {
      if (type !== 'file' || size === 0) continue;
      const bytes = (await filesystem.files.extentsOf(node, signal)).reduce((sum, { length }) => sum + length, 0);
      expect([path, named.get(`/${path}`)]).toEqual([path, bytes]);
      const [first] = await filesystem.files.extentsOf(node, signal);
      const owners = [];
      for await (const owner of filesystem.ownersOf([{ offset: first!.offset + 7, length: 1 }], signal)) owners.push(owner);
      expect(owners).toMatchObject([{ name: `/${path}`, node, fileOffset: 0 }]);
    }
  });

  test('with the same clusters are told by check, with the cluster', async () => {
    const image = small().mounted((folder) => {
      writeFileSync(join(folder, 'one'), 'one');
      writeFileSync(join(folder, 'two'), 'two');
    });
    const filesystem = await openExfat(image.path);
    const [one, two] = await Promise.all(
      ['/one', '/two'].map(async (path) => (await filesystem.files.lookup(path, signal))!.node),
    );
    image.patch(Number(two) + 32 + 20, image.peek(Number(one) + 32 + 20, 4));
    expect(await codes(image)).toEqual(['exfat.entrySet.checksum', 'exfat.crossLinked', 'exfat.lostClusters']);
    const after = await openExfat(image.path);
    expect(await contentHash(after, one!, image.path)).toBe(await contentHash(after, two!, image.path));
  });

  test('that are damaged are told by check, and hide no others', async () => {
    const image = withFiles();
    const filesystem = await openExfat(image.path);
    const before: string[] = [];
    for await (const { path, node } of filesystem.files.readdir('root', signal)) before.push(`${node} ${path}`);
    const place = Number(before[2]!.split(' ')[0]);
    image.patch(place + 32, [0]);
    const after: string[] = [];
    const damaged = await openExfat(image.path);
    for await (const { path, node } of damaged.files.readdir('root', signal)) after.push(`${node} ${path}`);
    expect(after).toEqual(before.slice(0, 2));
    expect(await codes(image)).toContain('exfat.entrySet');
  });

  test('boot regions that differ or do not add up are told by check', async () => {
    expect(await codes(small().patch(200, [1]))).toEqual(['exfat.bootChecksum']);
    expect(await codes(small().patch(12 * 512 + 200, [1]))).toEqual(['exfat.bootChecksum']);
  });
});

async function rootOffset(image: ExfatImage): Promise<number> {
  return (await (await openExfat(image.path)).files.extentsOf('root', signal))[0]!.offset;
}
