import { onTestFinished, test, expect } from 'vitest';
import type { ByteRange, StructureInstance } from '@diskwright/sdk/protocol';
import { runTool, toolsMissing } from '@diskwright/sdk/testing';
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
  const isListed = ({ name }: StructureInstance): boolean => !/^(ext inode|jbd2)/.test(name);
  for (const offset of places) {
    const expected = all.filter((structure) => structure.offset < offset + 4 && offset < structure.offset + structure.length);
    const found = await meeting(image.path, { offset, length: 4 });
    expect(found.filter(isListed)).toEqual(expected);
  }
});

test.skipIf(toolsMissing(...extTools))(
  'an inode is where its number says, with its checksum looked at, and can be edited',
  async () => {
    const image = new ExtImage();
    onTestFinished(() => image.remove());
    image.format(16 * MIB, ['-t', 'ext4']);
    const filesystem = await openImage(image.path);
    // The directory lost+found, which mke2fs makes first.
    const { offset, name } = (await filesystem.files!.recordOf!('11', signal))!;
    expect(name).toBe('inode 11');
    const [structure, ...others] = await meeting(image.path, { offset: offset + 4, length: 4 });
    expect(others).toEqual([]);
    expect(structure).toMatchObject({ name: 'ext inode 11', offset, findings: [] });
    const size = structure!.fields.find((field) => field.name === 'sizeLow')!;
    expect(Number(size.value)).toBe((await filesystem.files!.lookup!('/lost+found', signal))!.size);
    const edit = { structureOffset: offset, structure: 'ext inode 11', field: ['sizeLow'], value: '4096' };
    expect(await filesystem.encodeField!(edit, signal)).toMatchObject({ offset: offset + 4 });
  },
);

test.skipIf(toolsMissing(...extTools))('the blocks of a journal are those that debugfs lists, and can be edited', async () => {
  const image = new ExtImage();
  onTestFinished(() => image.remove());
  image.format(8 * MIB, ['-t', 'ext4', '-b', '1024', '-J', 'size=1']);
  image.debugfs(['jo', 'jw -b 7000,7001 /dev/zero', 'jw -r 7001', 'jw -b 7002 /dev/zero', 'jc']);
  const found = (await meeting(image.path, { offset: 0, length: 8 * MIB })).filter(({ name }) => name.startsWith('jbd2'));
  const log = runTool('debugfs', ['-R', 'logdump', image.path]);
  const types = [...log.matchAll(/type (\d) \(/g)].map(([, type]) => type);
  expect(types.length).toBeGreaterThan(4);
  const typesFound = found.map(({ fields }) => fields.find(({ name }) => name === 'blockType')!.value.slice(0, 1));
  expect(typesFound).toEqual(['4', ...types]);
  const { offset, name } = found[1]!;
  const edit = { structureOffset: offset, structure: name, field: ['sequence'], value: '9' };
  expect(await (await openImage(image.path)).encodeField!(edit, signal)).toMatchObject({ offset: offset + 8 });
});
