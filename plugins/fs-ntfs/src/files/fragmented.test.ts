import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runTool, SeededRandom, tryTool, toolsMissing } from '@diskwright/sdk/testing';
import { listed, sorted, treeOfDriver, treeOfProvider, walked, type TreeItem } from '../testing/compareTree';
import { ntfsTools } from '../testing/ntfsImage';
import { newImage, openImage, signal } from '../testing/openImage';

const MIB = 1024 * 1024;
const FILES = 4500;

/** A full volume, every second of its small files deleted, and a large file in the holes. */
function fragment(folder: string): void {
  const random = new SeededRandom(19);
  mkdirSync(join(folder, 'small'));
  for (let index = 0; index < FILES; index++) writeFileSync(join(folder, 'small', `f${index}`), random.bytes(1536));
  tryTool('dd', ['if=/dev/zero', `of=${join(folder, 'filler')}`, 'bs=64K', 'status=none']);
  for (let index = 0; index < FILES; index += 2) rmSync(join(folder, 'small', `f${index}`));
  writeFileSync(join(folder, 'large'), random.bytes(2_400_000));
}

describe.skipIf(toolsMissing(...ntfsTools, 'dd'))('a fragmented and nearly full volume', () => {
  test('its files are read through attribute lists, and its used clusters are told exactly', { timeout: 120_000 }, async () => {
    const image = await newImage()
      .format(16 * MIB, ['-c', '512'])
      .mounted(fragment);
    let expected: TreeItem[] = [];
    await image.mounted((folder) => void (expected = sorted(treeOfDriver(folder))));
    const ntfs = await openImage(image);
    const { node } = (await ntfs.files.lookup('/large', signal))!;
    expect(runTool('ntfsinfo', ['-i', node, image.path])).toContain('$ATTRIBUTE_LIST');
    expect((await ntfs.files.extentsOf(node, signal)).length).toBeGreaterThan(300);
    expect(sorted(await treeOfProvider(ntfs, await walked(ntfs)))).toEqual(expected);
    expect(sorted(await treeOfProvider(ntfs, await listed(ntfs)))).toEqual(expected);
    const { confidence } = await ntfs.allocation(signal);
    expect([confidence, await ntfs.check(signal)]).toEqual(['exact', []]);
  });
});
