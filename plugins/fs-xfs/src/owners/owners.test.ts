import { execFileSync } from 'node:child_process';
import { readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { ByteRange, Owner } from '@diskwright/sdk/protocol';
import { makeTree, runTool, SeededRandom, toolsMissing } from '@diskwright/sdk/testing';
import { openImage, signal } from '../testing/openImage';
import { freeByXfsDb } from '../testing/usedByXfsDb';
import { XfsImage, xfsTools } from '../testing/xfsImage';

const mebibyte = 1024 * 1024;
const cannotMount = toolsMissing(...xfsTools, 'xfs_bmap', 'cp') || process.getuid?.() !== 0;
const SECTOR_BYTES = 512;

/** What `xfs_bmap` says of the extents of files, by their names. */
function extentsByBmap(folder: string): Map<string, ByteRange[]> {
  const found = new Map<string, ByteRange[]>();
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (!statSync(path, { throwIfNoEntry: false })?.isFile()) continue;
    const extents: ByteRange[] = [];
    for (const [, first, last] of runTool('xfs_bmap', ['-p', path]).matchAll(/: (\d+)\.\.(\d+)/g)) {
      const range = { offset: Number(first) * SECTOR_BYTES, length: (Number(last) - Number(first) + 1) * SECTOR_BYTES };
      const before = extents.at(-1);
      if (before && before.offset + before.length === range.offset) before.length += range.length;
      else extents.push(range);
    }
    found.set(name, extents);
  }
  return found;
}

function fill(folder: string): void {
  makeTree(folder, 4);
  const random = new SeededRandom(5);
  for (let index = 0; index < 100; index++) writeFileSync(join(folder, `file ${index}`), random.bytes(random.integer(40_000)));
  for (let index = 0; index < 100; index += 2) rmSync(join(folder, `file ${index}`));
}

async function ownersIn(owners: AsyncIterable<Owner> | Iterable<Owner>): Promise<Owner[]> {
  const all: Owner[] = [];
  for await (const owner of owners) all.push(owner);
  return all;
}

describe.skipIf(cannotMount)('owners', () => {
  test.each([
    ['as it comes', []],
    ['blocks of 1 KiB', ['-b', 'size=1024']],
    ['blocks of 64 KiB', ['-b', 'size=65536']],
  ])('extents are what xfs_bmap says, each byte has its owner, and what is free xfs_db calls free (%s)', async (_name, args) => {
    const image = new XfsImage();
    onTestFinished(() => image.remove());
    const size = 400 * mebibyte;
    let expected = new Map<string, ByteRange[]>();
    image.format(size, args).mounted(fill);
    image.mounted((folder) => (expected = extentsByBmap(folder)), 'loop,ro');
    const filesystem = await openImage(image.path);
    const owners = await ownersIn(filesystem.ownersOf!([{ offset: 0, length: size }], signal));

    const paths = new Set(owners.flatMap(({ name, otherNames = [] }) => [name, ...otherNames]));
    expect(expected.size).toBeGreaterThan(50);
    for (const [name, extents] of expected) {
      const { node } = (await filesystem.files!.lookup!(`/${name}`, signal))!;
      expect([name, await filesystem.files!.extentsOf!(node, signal)]).toEqual([name, extents]);
      const found = owners.filter((owner) => owner.node === node && owner.kind === 'file');
      expect(found.reduce((sum, { length }) => sum + length, 0)).toBe(extents.reduce((sum, { length }) => sum + length, 0));
      if (extents.length > 0) expect(paths).toContain(`/${name}`);
    }
    let end = 0;
    for (const { offset, length } of owners) {
      expect(offset).toBe(end);
      end = offset + length;
    }
    expect(end).toBe(size);
    const { free } = freeByXfsDb(image);
    const isKept = ({ name }: Owner): boolean => name.startsWith('kept for the trees');
    const listed = owners.filter((owner) => owner.kind === 'free' || isKept(owner));
    expect(listed.reduce((sum, { length }) => sum + length, 0)).toBe(free.covered);
    expect(owners.filter(({ name }) => name.startsWith('in use, but'))).toEqual([]);
  });

  test('of blocks that files share, all files are told', async () => {
    const image = new XfsImage();
    onTestFinished(() => image.remove());
    image.format(400 * mebibyte, []).mounted((folder) => {
      writeFileSync(join(folder, 'first'), Buffer.alloc(100_000, 7));
      execFileSync('cp', ['--reflink=always', join(folder, 'first'), join(folder, 'second')]);
    });
    const filesystem = await openImage(image.path);
    const { node } = (await filesystem.files!.lookup!('/first', signal))!;
    const extents = await filesystem.files!.extentsOf!(node, signal);
    const owners = await ownersIn(filesystem.ownersOf!(extents, signal));
    expect(owners.map(({ name }) => name).sort()).toEqual(['/first', '/second']);
  });
});
