import { onTestFinished, test, expect } from 'vitest';
import type { ByteRange, StructureInstance } from '@diskwright/sdk/protocol';
import { toolsMissing } from '@diskwright/sdk/testing';
import { ExtImage, extTools } from './testing/extImage';
import { openImage, signal, structuresOf } from './testing/openImage';

const MIB = 1024 * 1024;

async function meeting(path: string, range: ByteRange): Promise<StructureInstance[]> {
  const structures: StructureInstance[] = [];
  for await (const structure of (await openImage(path)).structures(signal, range)) structures.push(structure);
  return structures;
}

test.skipIf(toolsMissing(...extTools)).each([
  ['descriptors side by side', ['-t', 'ext4', '-b', '1024', '-O', 'mmp']],
  ['descriptors in meta groups', ['-t', 'ext4', '-b', '1024', '-O', 'meta_bg,^resize_inode']],
])('of a range there are just the structures that meet it: %s', async (_name, options) => {
  const image = new ExtImage();
  onTestFinished(() => image.remove());
  image.format(512 * MIB, options);
  const all = await structuresOf(image.path);
  expect(all.length).toBeGreaterThan(64);
  // The edges of some structures, and what lies beside them.
  const places = all.filter((_, index) => index % 7 === 0).flatMap(({ offset, length }) => [offset - 1, offset, offset + length]);
  for (const offset of places) {
    const expected = all.filter((structure) => structure.offset < offset + 4 && offset < structure.offset + structure.length);
    expect(await meeting(image.path, { offset, length: 4 })).toEqual(expected);
  }
});
