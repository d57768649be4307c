import { copyFileSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { DamagedStructureError, RefusedError } from '@diskwright/sdk/errors';
import { validateManifest, type StructureInstance } from '@diskwright/sdk/protocol';
import { crc32c } from '@diskwright/sdk/struct';
import {
  checkFilesystemProvider,
  kernelTree,
  makeTree,
  runTool,
  SeededRandom,
  toolsMissing,
  unmount,
} from '@diskwright/sdk/testing';
import { btrfsProvider } from './provider';
import { BtrfsImage, btrfsTools, placesOf } from './testing/btrfsImage';
import { btrfsTree } from './testing/compareTree';
import { openImage, signal } from './testing/openImage';

const mebibyte = 1024 * 1024;
const SUPERBLOCK = 65536;
const isRoot = process.getuid?.() === 0;

function imageOf(...args: string[]): BtrfsImage {
  const image = new BtrfsImage();
  onTestFinished(() => image.remove());
  return image.format(320 * mebibyte, args);
}

const codesOf = async (path: string): Promise<string[]> => (await (await openImage(path)).check(signal)).map(({ code }) => code);

test('the manifest is as its schema says', () => {
  expect(validateManifest(JSON.parse(readFileSync(join(import.meta.dirname, '..', 'package.json'), 'utf8')))).toBe(true);
});

describe.skipIf(toolsMissing(...btrfsTools))('the filesystem', () => {
  test('holds to what every provider does', { timeout: 240_000 }, async () => {
    const volume = BtrfsImage.small();
    const damageAt = Array.from({ length: 70 }, (_, index) => SUPERBLOCK + index * 29);
    await checkFilesystemProvider({ provider: btrfsProvider, volume, damageAt });
  });

  test('made of a folder by mkfs.btrfs, with sectors of 64 KiB, is what the folder is', async () => {
    const image = new BtrfsImage();
    onTestFinished(() => image.remove());
    const folder = join(image.folder, 'origin');
    runTool('mkdir', [folder]);
    for (const size of [10, 4096, 70_000, 1_000_000])
      writeFileSync(join(folder, `bytes ${size}`), new SeededRandom(size).bytes(size));
    image.format(600 * mebibyte, ['-s', '65536', '-n', '65536', '--rootdir', folder]);
    const filesystem = await openImage(image.path);
    const found = await btrfsTree(filesystem, image.path);
    for (const [path, { size, content }] of kernelTree(folder)) expect(found.get(path)).toMatchObject({ size, content });
    expect(await filesystem.allocation(signal)).toMatchObject({ confidence: 'exact' });
    expect([...(await filesystem.allocation(signal)).extents!].length).toBeGreaterThan(3);
  });

  test.skipIf(!isRoot)('has another generation after each change, and the same one in between', async () => {
    const image = imageOf();
    const digests: string[] = [];
    for (let round = 0; round < 3; round++) {
      const filesystem = await openImage(image.path);
      const { digest } = await filesystem.generation(signal);
      expect((await filesystem.generation(signal)).digest).toBe(digest);
      digests.push(digest);
      image.mounted((folder) => writeFileSync(join(folder, 'changed'), String(round)));
    }
    expect(new Set(digests).size).toBe(3);
  });

  const hasLog = (path: string): boolean => !/^log_root\s+0$/m.test(runTool('btrfs', ['inspect-internal', 'dump-super', path]));

  test.skipIf(!isRoot)('tells nothing of what is used while there is a log of synchronised changes', async () => {
    const image = imageOf();
    const during = join(image.folder, 'during');
    image.mounted((folder) => {
      writeFileSync(join(folder, 'before'), 'content');
      runTool('sync', ['-f', folder]);
      // A commit, by time or by another program's sync, ends the log.
      for (let round = 0; round === 0 || (round < 20 && !hasLog(during)); round++) {
        writeFileSync(join(folder, 'new'), String(round));
        runTool('sync', [join(folder, 'new')]);
        copyFileSync(image.path, during);
      }
    });
    expect(hasLog(during)).toBe(true);
    const filesystem = await openImage(during);
    expect(await filesystem.info(signal)).toMatchObject({ clean: false });
    expect(await filesystem.allocation(signal)).toMatchObject({ confidence: 'unknown', extents: null });
    expect((await filesystem.check(signal)).map(({ code }) => code)).toContain('btrfs.log');
    expect((await filesystem.files!.lookup!('/before', signal))!.size).toBe(7);
    expect(await (await openImage(image.path)).allocation(signal)).toMatchObject({ confidence: 'exact' });
  });

  test('is refused on larger sectors and on smaller volumes', async () => {
    const filesystem = await openImage(imageOf().path);
    const target = { newStart: 0, newSize: 320 * mebibyte, newSectorSize: 512 as const };
    expect(await filesystem.relocate(target, signal)).toEqual({ writes: [], warnings: [] });
    await expect(filesystem.relocate({ ...target, newSize: 319 * mebibyte }, signal)).rejects.toThrow(RefusedError);
  });
});

describe.skipIf(toolsMissing(...btrfsTools) || !isRoot)('damage', () => {
  function filled(...args: string[]): BtrfsImage {
    return imageOf(...args).mounted((folder) => makeTree(folder, 1));
  }

  /** Where the copies of the first tree block lie that a dump shows. */
  function blockOf(image: BtrfsImage, tree: string): number[] {
    const logical = Number(/^(?:leaf|node) (\d+) /m.exec(image.dump(tree))![1]);
    return placesOf(image.chunks(), logical, 16384).map(({ offset }) => offset);
  }

  test('a damaged first superblock is told, its copy read instead', async () => {
    const image = filled();
    image.flipBit(SUPERBLOCK + 0x200);
    const filesystem = await openImage(image.path);
    expect(await filesystem.allocation(signal)).toMatchObject({ confidence: 'exact' });
    expect((await filesystem.check(signal)).map(({ code }) => code)).toEqual(['btrfs.superblock.first']);
    expect(await filesystem.files!.lookup!('/linked', signal)).toMatchObject({ type: 'file' });
  });

  test('a damaged copy of a tree block is told, the other one read', async () => {
    const image = filled();
    const [first] = blockOf(image, '5');
    image.flipBit(first! + 200);
    const filesystem = await openImage(image.path);
    expect((await filesystem.files!.lookup!('/linked', signal))!.size).toBe(11);
    const finding = (await filesystem.check(signal)).find(({ code }) => code === 'btrfs.treeBlock');
    expect(finding!.ranges).toContainEqual({ offset: first, length: 16384 });
  });

  test('a tree of extents without a sound copy makes all chunks used', async () => {
    const image = filled('-m', 'single');
    const exact = (await (await openImage(image.path)).allocation(signal)).extents!;
    for (const offset of blockOf(image, 'extent')) image.flipBit(offset + 200);
    const { confidence, extents } = await (await openImage(image.path)).allocation(signal);
    expect(confidence).toBe('conservative');
    expect(extents!.covered).toBeGreaterThan(exact.covered);
    expect(await codesOf(image.path)).toContain('btrfs.extents');
  });

  test('data with a wrong checksum is a finding where it lies; a copy of it is read instead', async () => {
    for (const [profile, isReadable] of [['single', false] as const, ['dup', true] as const]) {
      const image = filled('-d', profile);
      const filesystem = await openImage(image.path);
      const { node, size } = (await filesystem.files!.lookup!('/sizes/bytes 300000', signal))!;
      const before = await filesystem.files!.readContent!(node, undefined, 0, size, signal);
      const { offset } = (await filesystem.files!.extentsOf!(node, signal))[0]!;
      image.flipBit(offset + 5000);
      const damaged = await openImage(image.path);
      const read = damaged.files!.readContent!(node, undefined, 0, size, signal);
      if (isReadable) expect((await read).equals(before)).toBe(true);
      else await expect(read).rejects.toThrow('checksum');
      const finding = (await damaged.check(signal)).find(({ code }) => code === 'btrfs.data');
      expect(finding!.ranges).toEqual([{ offset: offset + 4096, length: 4096 }]);
    }
  });

  /** Sets a field of the structures that are meant, and the checksums of their blocks after it; where the last of these lies. */
  async function edit(
    image: BtrfsImage,
    isMeant: (structure: StructureInstance) => boolean,
    field: string,
    value: string,
  ): Promise<number> {
    const filesystem = await openImage(image.path);
    let [block, changed] = [0, 0];
    for await (const structure of filesystem.structures(signal)) {
      if (structure.name === 'btrfs tree block') block = structure.offset;
      if (!isMeant(structure)) continue;
      const asked = { structure: structure.name, structureOffset: structure.offset, field: [field], value };
      const { offset, bytes } = await filesystem.encodeField!(asked, signal);
      image.patch(offset, bytes);
      const checksum = Buffer.alloc(4);
      checksum.writeUInt32LE(~crc32c(0xffffffff, image.peek(block + 32, 16384 - 32)) >>> 0);
      image.patch(block, checksum);
      changed = block;
    }
    return changed;
  }

  test('a name that leads nowhere is told, where a field was edited and the checksum followed', async () => {
    const image = imageOf('-m', 'single').mounted((folder) => writeFileSync(join(folder, 'file'), 'content'));
    const { node } = (await (await openImage(image.path)).files!.lookup!('/file', signal))!;
    const changed = await edit(
      image,
      ({ name, fields }) => name === 'btrfs directory entry' && fields[0]!.value === node,
      'objectId',
      '4711',
    );
    const findings = await (await openImage(image.path)).check(signal);
    expect(findings.map(({ code, ranges }) => [code, ranges])).toEqual([['btrfs.name', [{ offset: changed, length: 16384 }]]]);
    expect(findings[0]!.message).toContain('inode 4711');
  });

  test('the target of a symbolic link that claims to be longer than any is refused', async () => {
    const image = imageOf('-m', 'single').mounted((folder) => symlinkSync('target', join(folder, 'link')));
    const before = (await openImage(image.path)).files!;
    const { node } = (await before.lookup!('/link', signal))!;
    const { offset: place } = (await before.recordOf!(node, signal))!;
    await edit(image, ({ name, offset }) => name === 'btrfs inode' && offset === place, 'size', '117663964731448');
    const target = (await openImage(image.path)).files!.readlink!(node, signal);
    await expect(target).rejects.toThrow(DamagedStructureError);
  });

  test('a volume that was cut off is told', async () => {
    const image = filled();
    truncateSync(image.path, 200 * mebibyte);
    expect(await codesOf(image.path)).toContain('btrfs.size');
    expect(await (await openImage(image.path)).allocation(signal)).toMatchObject({ confidence: 'unknown' });
  });

  test('structures have no findings, those of a range alone are shown where one is given', async () => {
    const image = filled();
    const filesystem = await openImage(image.path);
    const all: StructureInstance[] = [];
    for await (const structure of filesystem.structures(signal)) all.push(structure);
    expect(all.flatMap(({ findings }) => findings)).toEqual([]);
    const names = [
      'btrfs superblock',
      'btrfs tree block',
      'btrfs inode',
      'btrfs chunk',
      'btrfs file extent',
      'btrfs directory entry',
    ];
    expect([...new Set(all.map(({ name }) => name))]).toEqual(expect.arrayContaining(names));
    const inode = all.find(({ name }) => name === 'btrfs inode')!;
    const inRange: StructureInstance[] = [];
    for await (const structure of filesystem.structures(signal, { offset: inode.offset + 20, length: 1 }))
      inRange.push(structure);
    expect(inRange.map(({ name }) => name)).toEqual(['btrfs inode']);
    const size = inode.fields.find(({ name }) => name === 'size')!;
    const edit = { structure: 'btrfs inode', structureOffset: inode.offset, field: ['size'], value: '77' };
    const encoded = await filesystem.encodeField!(edit, signal);
    expect(encoded).toMatchObject({ offset: size.offset, bytes: Buffer.from('4d00000000000000', 'hex') });
  });
});

describe.skipIf(toolsMissing(...btrfsTools) || !isRoot)('a filesystem on two devices', () => {
  /** Both images, with a file of 500 000 bytes. */
  function onTwoDevices(data: string, metadata: string): BtrfsImage[] {
    const images = [new BtrfsImage().blank(300 * mebibyte), new BtrfsImage().blank(300 * mebibyte)];
    const loops: string[] = [];
    try {
      onTestFinished(() => images.forEach((image) => image.remove()));
      for (const { path } of images) loops.push(runTool('losetup', ['-f', '--show', path]).trim());
      runTool('mkfs.btrfs', ['-q', '-f', '-d', data, '-m', metadata, ...loops]);
      const folder = join(images[0]!.folder, 'mounted');
      runTool('mkdir', [folder]);
      runTool('mount', ['-o', `device=${loops[1]}`, loops[0]!, folder]);
      try {
        writeFileSync(join(folder, 'file'), Buffer.alloc(500_000, 5));
      } finally {
        unmount(folder);
      }
    } finally {
      for (const loop of loops) runTool('losetup', ['-d', loop]);
    }
    return images;
  }

  test.each([
    ['raid1', true],
    ['raid0', false],
  ])('data %s, metadata twice: what is missing is named, what lies here is read', async (data, isReadable) => {
    const [image] = onTwoDevices(data, 'raid1');
    const filesystem = await openImage(image!.path);
    expect((await filesystem.allocation(signal)).reasons[0]).toContain('device 1 of a filesystem on 2 devices');
    const { node } = (await filesystem.files!.lookup!('/file', signal))!;
    const read = filesystem.files!.readContent!(node, undefined, 0, 500_000, signal);
    if (isReadable) expect((await read).equals(Buffer.alloc(500_000, 5))).toBe(true);
    else await expect(read).rejects.toThrow('device 2');
  });

  test('metadata once: the device without it is named all the same', async () => {
    const refusals: string[] = [];
    for (const image of onTwoDevices('raid0', 'single')) {
      const filesystem = await openImage(image.path);
      expect(await filesystem.info(signal)).toMatchObject({ type: 'btrfs', used: null });
      expect((await filesystem.check(signal)).map(({ code }) => code)).toContain('btrfs.devices');
      for await (const structure of filesystem.structures(signal)) expect(structure.findings).toEqual([]);
      let end = 0;
      for await (const { offset, length } of filesystem.ownersOf!([{ offset: 0, length: 300 * mebibyte }], signal))
        end = offset + length;
      expect(end).toBe(300 * mebibyte);
      await filesystem.files!.lookup!('/file', signal).catch((error: Error) => refusals.push(error.message));
    }
    expect(refusals).toEqual([expect.stringMatching(/this lies on device \d of the filesystem/)]);
  });
});
