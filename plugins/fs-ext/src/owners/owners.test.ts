import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Filesystem } from '@diskwright/sdk';
import type { ByteRange, Owner } from '@diskwright/sdk/protocol';
import { faultySource, FileSource, runTool, SeededRandom, toolsMissing } from '@diskwright/sdk/testing';
import { InodeTable } from '../files/inodeTable';
import { GroupTable } from '../groupTable';
import { extProvider } from '../provider';
import { ExtImage, extTools } from '../testing/extImage';
import { fileCases } from '../testing/fileCases';
import { context, openImage, signal } from '../testing/openImage';
import { readVolume, requireGeometry } from '../volume';
import { ownersOf } from './ownersOf';

const mebibyte = 1024 * 1024;

/** An image with a tree, hard links and files in pieces. */
function imageOf(args: readonly string[], size = 96 * mebibyte): ExtImage {
  const image = new ExtImage();
  onTestFinished(() => image.remove());
  ExtImage.makeFiles(join(image.folder, 'tree'), 3, 15, 300_000);
  image.format(size, [...args, '-d', join(image.folder, 'tree')]).fragment(5, 40, 100_000);
  image.debugfs(['ln fragment1 folder/hard', 'mkdir folder/x', 'ln fragment1 folder/x/hard', 'sif fragment1 links_count 3']);
  return image;
}

async function ownersIn(filesystem: Filesystem, ranges: ByteRange[]): Promise<Owner[]> {
  const owners: Owner[] = [];
  for await (const owner of filesystem.ownersOf!(ranges, signal)) owners.push(owner);
  return owners;
}

/** Inode by block, as `debugfs icheck` says; 0 where it finds none. */
function icheck(image: ExtImage, blocks: readonly number[]): Map<number, number> {
  const lines = runTool('debugfs', ['-R', `icheck ${blocks.join(' ')}`, image.path])
    .split('\n')
    .slice(1);
  return new Map(
    lines
      .filter(Boolean)
      .map((line) => line.split('\t'))
      .map(([block, inode]) => [Number(block), Number(inode) || 0]),
  );
}

/** Paths by inode, as `debugfs ncheck` says. */
function ncheck(image: ExtImage, inodes: readonly string[]): Map<string, string[]> {
  const paths = new Map<string, string[]>();
  for (const line of runTool('debugfs', ['-R', `ncheck ${inodes.join(' ')}`, image.path])
    .split('\n')
    .slice(1)) {
    const [inode, path] = line.split('\t');
    if (path !== undefined) paths.set(inode!, [...(paths.get(inode!) ?? []), path.replace(/^\/\//, '/')]);
  }
  return paths;
}

const pathsOf = ({ name, otherNames = [] }: Owner): string[] => [name, ...otherNames].sort();

describe.skipIf(toolsMissing(...extTools))('owners', () => {
  test.each(fileCases)('are the inodes and paths that debugfs finds (%s)', async (_name, args) => {
    const image = imageOf(args);
    const filesystem = await openImage(image.path);
    const { blockSize, size } = await filesystem.info(signal);
    const random = new SeededRandom(7);
    const { extents } = await filesystem.allocation(signal);
    const blocks = [
      ...new Set(
        Array.from({ length: 400 }, () => {
          const index = random.integer(extents!.count);
          return Math.floor((extents!.offsetAt(index) + random.integer(extents!.lengthAt(index))) / blockSize);
        }),
      ),
    ].sort((a, b) => a - b);
    const ranges = blocks.map((block) => ({ offset: block * blockSize + random.integer(blockSize), length: 1 }));
    const owners = await ownersIn(filesystem, ranges);
    const expected = icheck(image, blocks);
    const files = new Map<string, Owner>();
    for (const { offset } of ranges) {
      const owner = owners.find((one) => one.offset <= offset && offset < one.offset + one.length)!;
      const block = Math.floor(offset / blockSize);
      // Blocks of the inode that keeps room for growing are named by their place.
      const inode = expected.get(block) === 7 ? 0 : expected.get(block);
      const isRest = owner.name.startsWith('unused rest');
      expect([block, owner.name, isRest ? 0 : Number(owner.kind === 'file' || owner.node ? owner.node : 0)]).toEqual([
        block,
        owner.name,
        inode,
      ]);
      if (owner.kind === 'file') files.set(owner.node!, owner);
    }
    expect(files.size).toBeGreaterThan(10);
    const paths = ncheck(image, [...files.keys()]);
    for (const [node, owner] of files) expect([node, pathsOf(owner)]).toEqual([node, paths.get(node)?.sort()]);
    expect(owners.every((owner, index) => index === 0 || owner.offset >= owners[index - 1]!.offset)).toBe(true);
    expect(size).toBeGreaterThan(0);
  });

  test('of the whole volume leave no gap, and are the same in one pass and in many', async () => {
    const image = imageOf(['-t', 'ext4', '-b', '1024']);
    const source = await FileSource.open(image.path);
    onTestFinished(() => source.close());
    const volume = await readVolume(source, signal);
    const table = new InodeTable(source, await GroupTable.read(source, requireGeometry(volume), signal));
    const all = async (maximum?: number): Promise<string[]> => {
      const said: string[] = [];
      let end = 0;
      for await (const owner of ownersOf(volume, table, [{ offset: 0, length: source.size }], signal, maximum)) {
        expect(owner.offset).toBe(end);
        end = owner.offset + owner.length;
        for (let block = owner.offset / 1024; block < end / 1024; block++) said[block] = `${owner.kind} ${owner.name}`;
      }
      expect(end).toBe(source.size);
      return said;
    };
    const whole = await all();
    const inParts = await all(20);
    // What of an inode table is asked for at once is told at once.
    const comparable = (said: string[]): string[] => said.map((one) => one.replace(/, inodes.*/, ''));
    expect(comparable(inParts)).toEqual(comparable(whole));
  });

  test('a hard link is told with all its paths, and where in the file the run begins', async () => {
    const image = imageOf(['-t', 'ext4', '-b', '1024']);
    const filesystem = await openImage(image.path);
    const { node } = (await filesystem.files!.lookup!('/fragment1', signal))!;
    const extents = await filesystem.files!.extentsOf!(node, signal);
    const last = extents.at(-1)!;
    const [owner] = await ownersIn(filesystem, [{ offset: last.offset + last.length - 1, length: 1 }]);
    expect(pathsOf(owner!)).toEqual(['/folder/hard', '/folder/x/hard', '/fragment1']);
    const before = extents.slice(0, -1).reduce((sum, { length }) => sum + length, 0);
    expect(owner).toMatchObject({ kind: 'file', node, fileOffset: before, offset: last.offset, length: last.length });
  });

  test('bad sectors in inode tables and directories hide only what they hold', async () => {
    const image = imageOf(['-t', 'ext4', '-b', '1024']);
    const whole = await openImage(image.path);
    const lost = (await whole.files!.lookup!('/fragment1', signal))!;
    const kept = (await whole.files!.lookup!('/fragment3', signal))!;
    const [lostAt, keptAt] = [
      (await whole.files!.extentsOf!(lost.node, signal))[0]!,
      (await whole.files!.extentsOf!(kept.node, signal))[0]!,
    ];
    const file = await FileSource.open(image.path);
    onTestFinished(() => file.close());
    const { geometry } = await readVolume(file, signal);
    if (geometry instanceof Error) throw geometry;
    const table = new InodeTable(file, await GroupTable.read(file, geometry, signal));
    const bad = Math.floor(table.offsetOf(Number(lost.node)) / 512) * 512;
    const filesystem = await extProvider.open(faultySource(file, { errors: [{ offset: bad, length: 512 }] }), context);
    const ranges = [lostAt, keptAt].sort((a, b) => a.offset - b.offset).map(({ offset }) => ({ offset, length: 1 }));
    const names = (await ownersIn(filesystem, ranges)).map(({ name }) => name);
    expect(names).toContain('/fragment3');
    expect(names).toContain('in use, but by nothing that could be read');
  });

  test('a directory that cannot be read leaves its files with their inodes', async () => {
    const image = imageOf(['-t', 'ext4', '-b', '1024']);
    const whole = await openImage(image.path);
    const folder = (await whole.files!.lookup!('/folder', signal))!;
    const file = (await whole.files!.lookup!('/folder/file with a long name 3', signal))!;
    const [at] = await whole.files!.extentsOf!(file.node, signal);
    const source = await FileSource.open(image.path);
    onTestFinished(() => source.close());
    const filesystem = await extProvider.open(
      faultySource(source, { errors: await whole.files!.extentsOf!(folder.node, signal) }),
      context,
    );
    expect(await ownersIn(filesystem, [{ offset: at!.offset, length: 1 }])).toMatchObject([
      { kind: 'file', name: `<inode ${file.node}>` },
    ]);
  });

  test('what is cancelled stops', async () => {
    const filesystem = await openImage(imageOf(['-t', 'ext4']).path);
    const owners = filesystem.ownersOf!([{ offset: 0, length: 96 * mebibyte }], AbortSignal.abort());
    await expect(
      (async () => {
        for await (const owner of owners) void owner;
      })(),
    ).rejects.toThrow('abort');
  });
});
