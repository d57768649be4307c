import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runTool, SeededRandom, toolsMissing } from '@diskwright/sdk/testing';
import { sorted, treeOfDriver, type TreeItem } from '../testing/compareTree';
import { NtfsImage, ntfsTools } from '../testing/ntfsImage';
import { newImage, openImage, signal } from '../testing/openImage';

const MIB = 1024 * 1024;

/** Files of all sizes, every third one deleted again, so that what is used lies in many pieces. */
function fragment(folder: string): void {
  const random = new SeededRandom(11);
  mkdirSync(join(folder, 'many'));
  for (let index = 0; index < 300; index++)
    writeFileSync(join(folder, 'many', `f${index}`), random.bytes(random.integer(40_000)));
  for (let index = 0; index < 300; index += 3) rmSync(join(folder, 'many', `f${index}`));
  writeFileSync(join(folder, 'large'), random.bytes(3 * MIB));
}

describe.skipIf(toolsMissing(...ntfsTools))('the allocation of NTFS', () => {
  test('is enough: a copy of it alone is the same volume', { timeout: 60_000 }, async () => {
    const image = await newImage()
      .format(48 * MIB)
      .mounted(fragment);
    const { extents } = await (await openImage(image)).allocation(signal);
    const copy = image.cloneTo('copy', extents!, 48 * MIB);
    expect(runTool('ntfsfix', ['-n', copy])).toContain('OK');
    const trees: TreeItem[][] = [];
    await image.mounted((folder) => void trees.push(sorted(treeOfDriver(folder))));
    const target = new (class extends NtfsImage {
      override readonly path = copy;
    })();
    await target.mounted((folder) => void trees.push(sorted(treeOfDriver(folder)))).finally(() => target.remove());
    expect(trees[1]).toEqual(trees[0]);
  });
});
