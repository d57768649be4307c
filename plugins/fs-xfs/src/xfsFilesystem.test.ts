import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { RefusedError } from '@diskwright/sdk/errors';
import { validateManifest, type StructureInstance } from '@diskwright/sdk/protocol';
import { checkFilesystemProvider, makeTree, runTool, toolsMissing } from '@diskwright/sdk/testing';
import { xfsProvider } from './provider';
import { openImage, signal } from './testing/openImage';
import { XfsImage, xfsTools } from './testing/xfsImage';

const mebibyte = 1024 * 1024;
const isRoot = process.getuid?.() === 0;

function imageOf(...args: string[]): XfsImage {
  const image = new XfsImage();
  onTestFinished(() => image.remove());
  return image.format(320 * mebibyte, args);
}

test('the manifest is as its schema says', () => {
  expect(validateManifest(JSON.parse(readFileSync(join(import.meta.dirname, '..', 'package.json'), 'utf8')))).toBe(true);
});

describe.skipIf(toolsMissing(...xfsTools))('the filesystem', () => {
  test('holds to what every provider does', { timeout: 120_000 }, async () => {
    const volume = XfsImage.small();
    const damageAt = Array.from({ length: 100 }, (_, index) => index * 29);
    await checkFilesystemProvider({ provider: xfsProvider, volume, damageAt });
  });

  test.skipIf(!isRoot)('says that its log is not clean while it is mounted, and shows what is on the disk', async () => {
    const image = imageOf();
    const during = join(image.folder, 'during');
    image.mounted((folder) => writeFileSync(join(folder, 'before'), 'content'));
    image.mounted((folder) => {
      writeFileSync(join(folder, 'new'), 'content');
      runTool('sync', ['-f', folder]);
      copyFileSync(image.path, during);
    });
    const filesystem = await openImage(during);
    expect(await filesystem.info(signal)).toMatchObject({ clean: false });
    expect(await filesystem.allocation(signal)).toMatchObject({ confidence: 'unknown', extents: null });
    const finding = (await filesystem.check(signal)).find(({ code }) => code === 'xfs.log');
    expect(finding!.message).toContain('It is not replayed: files are shown as they are on the disk.');
    expect((await filesystem.files!.lookup!('/before', signal))!.size).toBe(7);
    expect(await (await openImage(image.path)).allocation(signal)).toMatchObject({ confidence: 'exact' });
  });

  test.skipIf(!isRoot)('has another generation after each mount, and the same one in between', async () => {
    const image = imageOf();
    const digests: string[] = [];
    for (let round = 0; round < 3; round++) {
      const filesystem = await openImage(image.path);
      const { digest } = await filesystem.generation(signal);
      expect((await filesystem.generation(signal)).digest).toBe(digest);
      digests.push(digest);
      image.mounted(() => undefined);
    }
    expect(new Set(digests).size).toBe(3);
  });

  test('is refused on larger sectors and on smaller volumes', async () => {
    const filesystem = await openImage(imageOf().path);
    const target = { newStart: 0, newSize: 320 * mebibyte, newSectorSize: 512 as const };
    expect(await filesystem.relocate(target, signal)).toEqual({ writes: [], warnings: [] });
    await expect(filesystem.relocate({ ...target, newSectorSize: 4096 }, signal)).rejects.toThrow(RefusedError);
    await expect(filesystem.relocate({ ...target, newSize: 319 * mebibyte }, signal)).rejects.toThrow(RefusedError);
  });

  test('a damaged tree of free extents makes its group used as a whole', async () => {
    const image = imageOf();
    const root = Number(/bnoroot = (\d+)/.exec(image.db('agf 1', 'p bnoroot'))![1]);
    const groupBlocks = Number(/agblocks = (\d+)/.exec(image.db('sb 0', 'p agblocks'))![1]);
    image.flipBit((groupBlocks + root) * 4096 + 60);
    const filesystem = await openImage(image.path);
    const { confidence, extents, reasons } = await filesystem.allocation(signal);
    expect(confidence).toBe('conservative');
    expect(reasons[0]).toContain('group 1');
    expect([...extents!.within({ offset: groupBlocks * 4096, length: groupBlocks * 4096 })]).toEqual([
      { offset: groupBlocks * 4096, length: groupBlocks * 4096 },
    ]);
    expect((await filesystem.check(signal)).map(({ code }) => code)).toContain('xfs.group.free');
  });

  test.skipIf(!isRoot)('shows structures without findings, those of a range alone where one is given', async () => {
    const image = imageOf().mounted((folder) => makeTree(folder, 1));
    const filesystem = await openImage(image.path);
    const all: StructureInstance[] = [];
    for await (const structure of filesystem.structures(signal)) all.push(structure);
    expect(all.flatMap(({ findings }) => findings)).toEqual([]);
    expect(new Set(all.map(({ name }) => name))).toContain('XFS inode');
    const { node } = (await filesystem.files!.lookup!('/fragments', signal))!;
    const [range] = await filesystem.files!.extentsOf!(node, signal);
    const inRange: string[] = [];
    for await (const { name } of filesystem.structures(signal, { offset: range!.offset, length: 512 })) inRange.push(name);
    expect(inRange).toEqual(['XFS directory block']);
  });
});
