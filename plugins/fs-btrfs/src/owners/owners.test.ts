import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { ByteRange, Owner } from '@diskwright/sdk/protocol';
import { runTool, SeededRandom, toolsMissing } from '@diskwright/sdk/testing';
import { BtrfsImage, btrfsTools, placesOf } from '../testing/btrfsImage';
import { openImage, signal } from '../testing/openImage';

const mebibyte = 1024 * 1024;
const size = 300 * mebibyte;
const cannotMount = toolsMissing(...btrfsTools, 'filefrag', 'cp') || process.getuid?.() !== 0;

/** Logical extents of a file by the kernel, in the order of the file. */
function fiemap(path: string): ByteRange[] {
  const lines = runTool('filefrag', ['-v', '-b4096', path]).matchAll(/^\s*\d+:\s*\d+\.\.\s*\d+:\s*(\d+)\.\.\s*(\d+):/gm);
  return [...lines].map(([, first, last]) => ({
    offset: Number(first) * 4096,
    length: (Number(last) - Number(first) + 1) * 4096,
  }));
}

async function ownersIn(owners: AsyncIterable<Owner> | Iterable<Owner>): Promise<Owner[]> {
  const all: Owner[] = [];
  for await (const owner of owners) all.push(owner);
  return all;
}

function joined(ranges: readonly ByteRange[]): ByteRange[] {
  const all: ByteRange[] = [];
  for (const { offset, length } of ranges) {
    const last = all.at(-1);
    if (last && last.offset + last.length === offset) last.length += length;
    else all.push({ offset, length });
  }
  return all;
}

function fill(folder: string): void {
  const random = new SeededRandom(5);
  for (let index = 0; index < 100; index++)
    writeFileSync(join(folder, `file ${index}`), random.bytes(5000 + random.integer(90_000)));
  for (let index = 0; index < 100; index += 2) rmSync(join(folder, `file ${index}`));
}

describe.skipIf(cannotMount)('owners', () => {
  test.each([
    ['as it comes', []],
    ['mixed block groups', ['--mixed']],
    ['data twice', ['-d', 'dup']],
  ])('extents are what the kernel says, each byte has its owner, and what is used has one (%s)', async (_name, args) => {
    const image = new BtrfsImage();
    onTestFinished(() => image.remove());
    const expected = new Map<string, ByteRange[]>();
    image.format(size, args).mounted(fill);
    image.mounted((folder) => {
      for (const name of readdirSync(folder))
        if (statSync(join(folder, name)).isFile()) expected.set(name, fiemap(join(folder, name)));
    }, 'loop,ro');
    const chunks = image.chunks();
    const filesystem = await openImage(image.path);
    const owners = await ownersIn(filesystem.ownersOf!([{ offset: 0, length: size }], signal));
    expect(expected.size).toBe(50);
    for (const [name, extents] of expected) {
      const { node } = (await filesystem.files!.lookup!(`/${name}`, signal))!;
      const places = extents.map(({ offset, length }) => placesOf(chunks, offset, length));
      expect([name, await filesystem.files!.extentsOf!(node, signal)]).toEqual([name, joined(places.map(([first]) => first!))]);
      const found = owners.filter((owner) => owner.node === node);
      expect(found.every(({ kind, name: path }) => kind === 'file' && path === `/${name}`)).toBe(true);
      const copies = places.flat().sort((a, b) => a.offset - b.offset);
      expect(joined(found.map(({ offset, length }) => ({ offset, length })))).toEqual(joined(copies));
    }
    let end = 0;
    for (const { offset, length } of owners) {
      expect(offset).toBe(end);
      end = offset + length;
    }
    expect(end).toBe(size);
    expect(owners.filter(({ name }) => name.startsWith('in use, but'))).toEqual([]);
    const { extents } = await filesystem.allocation(signal);
    const used = owners.filter(({ kind }) => kind !== 'free').reduce((sum, { length }) => sum + length, 0);
    expect(used).toBe(extents!.covered);
  });

  test('of an extent all files are told that the kernel knows: copies, snapshots, hard links', async () => {
    const image = new BtrfsImage();
    onTestFinished(() => image.remove());
    let logical = 0;
    let expected: string[] = [];
    image.format(size, []).mounted((folder) => {
      runTool('btrfs', ['subvolume', 'create', join(folder, 'home')]);
      mkdirSync(join(folder, 'home', 'user'));
      writeFileSync(join(folder, 'home', 'user', 'first'), Buffer.alloc(100_000, 7));
      runTool('cp', ['--reflink=always', join(folder, 'home', 'user', 'first'), join(folder, 'home', 'user', 'copy')]);
      runTool('ln', [join(folder, 'home', 'user', 'first'), join(folder, 'home', 'another name')]);
      runTool('btrfs', ['subvolume', 'snapshot', join(folder, 'home'), join(folder, 'snapshot')]);
      runTool('cp', ['--reflink=always', join(folder, 'home', 'user', 'first'), join(folder, 'on top')]);
    });
    image.mounted((folder) => {
      logical = fiemap(join(folder, 'on top'))[0]!.offset;
      const lines = runTool('btrfs', ['inspect-internal', 'logical-resolve', '-P', String(logical), folder]);
      expected = [...lines.matchAll(/inode (\d+) offset \d+ root (\d+)/g)].map(([, inode, tree]) => `${tree}/${inode}`);
    }, 'loop,ro');
    const filesystem = await openImage(image.path);
    const [range] = placesOf(image.chunks(), logical, 4096);
    const [owner] = await ownersIn(filesystem.ownersOf!([range!], signal));
    const names = [owner!.name, ...(owner!.otherNames ?? [])];
    expect(names.sort()).toEqual([
      '/home/another name',
      '/home/user/copy',
      '/home/user/first',
      '/on top',
      '/snapshot/another name',
      '/snapshot/user/copy',
      '/snapshot/user/first',
    ]);
    const nodes = new Set<string>();
    for (const name of names) nodes.add((await filesystem.files!.lookup!(name, signal))!.node);
    expect([...nodes].map((node) => (node.includes('/') ? node : `5/${node}`)).sort()).toEqual([...new Set(expected)].sort());
  });

  test('of ranges apart from each other each run is told once, in order', async () => {
    const image = new BtrfsImage();
    onTestFinished(() => image.remove());
    image.format(size, []).mounted(fill);
    const filesystem = await openImage(image.path);
    const ranges = Array.from({ length: 3000 }, (_, index) => ({ offset: index * 100_000, length: 512 })).filter(
      ({ offset }) => offset < size - 512,
    );
    const owners = await ownersIn(filesystem.ownersOf!(ranges, signal));
    let end = 0;
    for (const { offset, length } of owners) {
      expect(offset).toBeGreaterThanOrEqual(end);
      end = offset + length;
    }
    for (const { offset } of ranges)
      expect(owners.some((owner) => owner.offset <= offset && owner.offset + owner.length > offset)).toBe(true);
  });
});
