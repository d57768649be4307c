import { describe, expect, test } from 'vitest';
import type { PartitionOperation } from '@diskwright/sdk/protocol';
import { toolsMissing } from '@diskwright/sdk/testing';
import { asSfdisk, isRoot, normalized, prototype, TableImage, tools } from '../testing/tableImage';

const mib = 1024 * 1024;
const linux = '0fc63daf-8483-4772-8e79-3d69d8477de4';
const efi = 'c12a7328-f81f-11d2-ba4b-00a0c93ec93b';

/** Partitions 1 (1 … 5 MiB), 2 (5 … 13 MiB) and 3 (13 … 21 MiB) of 64 MiB. */
const usual = prototype(64 * mib, (image) =>
  image.sgdisk('-n1:2048:+4M', '-c1:one', '-n2:0:+8M', '-t2:ef00', '-c2:two', '-n3:0:+8M', '-A3:set:2'),
);

/** Does the operations and holds the result against both tools. */
async function edit(image: TableImage, ...operations: PartitionOperation[]): Promise<Awaited<ReturnType<TableImage['edit']>>> {
  const edited = await image.edit(...operations);
  image.apply(edited.writes);
  expect(image.run('sgdisk', ['-v', '{}'])).toContain('No problems found');
  expect(image.run('sfdisk', ['--verify', '{}'])).toContain('No errors detected');
  expect(asSfdisk(edited.layout, image.sectorSize)).toEqual(normalized(image.sfdiskJson()));
  expect(await image.layout()).toEqual(edited.layout);
  return edited;
}

describe.skipIf(toolsMissing(...tools))('an edited GPT', () => {
  test('has a new partition with the lowest free number, a type, a name and an identifier of its own', async () => {
    const image = usual();
    const { layout } = await edit(image, {
      kind: 'create',
      start: 32 * mib,
      size: 8 * mib,
      type: linux.toUpperCase(),
      name: 'Größe',
    });
    expect(layout.partitions.at(-1)).toMatchObject({ number: 4, start: 32 * mib, size: 8 * mib, type: linux, name: 'Größe' });
    expect(new Set(layout.partitions.map(({ id }) => id)).size).toBe(4);
    expect(image.run('sgdisk', ['-i4', '{}'])).toContain("Partition name: 'Größe'");
  });

  test('has no deleted partition, and its number is the next to be given', async () => {
    const image = usual();
    const { layout } = await edit(
      image,
      { kind: 'create', start: 5 * mib, size: mib, type: linux },
      { kind: 'delete', number: 2 },
    );
    expect(layout.partitions.map(({ number, start }) => [number, start / mib])).toEqual([
      [1, 1],
      [2, 5],
      [3, 13],
    ]);
  });

  test('has partitions moved and resized, whichever operation comes first', async () => {
    const image = usual();
    const { layout } = await edit(
      image,
      { kind: 'resize', number: 2, size: 20 * mib },
      { kind: 'move', number: 3, start: 40 * mib },
      { kind: 'resize', number: 3, size: 16 * mib },
    );
    expect(layout.partitions.map(({ start, size }) => [start / mib, size / mib])).toEqual([
      [1, 4],
      [5, 20],
      [40, 16],
    ]);
  });

  test('has another type, name and flag where asked, and all else as it was', async () => {
    const image = usual();
    const before = await image.layout();
    const { layout } = await edit(
      image,
      { kind: 'set', number: 1, type: efi, name: 'boot', bootable: true },
      { kind: 'set', number: 3, bootable: false },
    );
    const [one, two, three] = before.partitions;
    expect(layout.partitions).toEqual([
      { ...one, type: efi, typeName: 'EFI system partition', name: 'boot', bootable: true },
      two,
      { ...three, bootable: false },
    ]);
    expect({ ...layout, partitions: [] }).toEqual({ ...before, partitions: [] });
  });

  test('is written as what differs: not the protective record', async () => {
    const { writes } = await usual().edit({ kind: 'delete', number: 1 });
    expect(writes.map(({ structure }) => structure)).toEqual([
      'backup GPT entries',
      'backup GPT header',
      'primary GPT entries',
      'primary GPT header',
    ]);
  });

  test('takes in the end of a device that has grown, and says so', async () => {
    const image = usual();
    const grown = new TableImage(128 * mib).write(0, image.content());
    const { layout, warnings } = await edit(grown, { kind: 'create', start: 100 * mib, size: mib, type: linux });
    expect(layout.partitions.at(-1)?.start).toBe(100 * mib);
    expect(warnings).toEqual([
      expect.stringContaining('the backup GPT moves from LBA 131071 to the end of the device, LBA 262143'),
    ]);
  });

  test.each<[string, PartitionOperation[], RegExp, number]>([
    [
      'over another partition',
      [{ kind: 'create', start: 12 * mib, size: mib, type: linux }],
      /operation 1: .*new partition 4 would overlap|operation 1: partition 2 would overlap/,
      0,
    ],
    [
      'that grows over the next',
      [
        { kind: 'set', number: 3, name: 'x' },
        { kind: 'resize', number: 1, size: 5 * mib },
      ],
      /operation 2: partition 2 would overlap partition 1 from LBA 10240 to 12287, 1048576 bytes/,
      1,
    ],
    [
      'over the backup',
      [{ kind: 'move', number: 3, start: 57 * mib }],
      /operation 1: partition 3 would lie at LBA .*, outside of what partitions may use, LBA 34 … 131038/,
      0,
    ],
    ['over the table', [{ kind: 'create', start: 33 * 512, size: 512, type: linux }], /operation 1: .*outside/, 0],
  ])('is refused with a partition %s', async (_, operations, message, item) => {
    await expect(usual().edit(...operations)).rejects.toMatchObject({
      code: 'Refused',
      message: expect.stringMatching(message) as string,
      detail: { item },
    });
  });

  test('is refused when there is no free entry', async () => {
    const image = new TableImage(64 * mib).sgdisk('-o', '-S4', '-n1:2048:+1M', '-n2:0:+1M', '-n3:0:+1M', '-n4:0:+1M');
    await expect(image.edit({ kind: 'create', start: 32 * mib, size: mib, type: linux })).rejects.toMatchObject({
      message: 'operation 1: all 4 partition entries are in use',
    });
  });

  test('keeps a hybrid boot record by refusing to delete what is in it', async () => {
    const image = new TableImage(32 * mib).sgdisk('-n1:2048:+4M', '-n2:0:+4M', '-h2');
    await expect(image.edit({ kind: 'delete', number: 2 })).rejects.toMatchObject({ code: 'Refused' });
    await edit(image, { kind: 'delete', number: 1 });
  });

  test.each<[string, PartitionOperation[], RegExp]>([
    ['a partition that is not there', [{ kind: 'delete', number: 9 }], /operation 1: the table has no partition 9/],
    ['parts of sectors', [{ kind: 'resize', number: 1, size: 1000 }], /operation 1: the size, 1000 bytes/],
    ['no type', [{ kind: 'create', start: 32 * mib, size: mib, type: '0x83' }], /operation 1: "0x83" is no GPT partition type/],
    ['a long name', [{ kind: 'set', number: 1, name: 'x'.repeat(37) }], /operation 1: .* at most 36 UTF-16 units/],
    [
      'the same twice',
      [
        { kind: 'move', number: 1, start: 32 * mib },
        { kind: 'move', number: 1, start: 33 * mib },
      ],
      /operation 2: .* since operation 1 is to move it/,
    ],
    [
      'what is deleted',
      [
        { kind: 'delete', number: 1 },
        { kind: 'set', number: 1, name: 'x' },
      ],
      /operation 2: .* since operation 1 is to delete it/,
    ],
  ])('does not take %s', async (_, operations, message) => {
    await expect(usual().edit(...operations)).rejects.toMatchObject({
      code: 'InvalidInput',
      message: expect.stringMatching(message) as string,
    });
  });
});

describe.skipIf(toolsMissing(...tools, 'losetup') || !isRoot)('an edited GPT with sectors of 4096 bytes', () => {
  test('has partitions created, moved and deleted', async () => {
    const image = new TableImage(64 * mib, 4096).sgdisk('-n1:256:+4M', '-n2:0:+8M');
    const { layout } = await edit(
      image,
      { kind: 'delete', number: 1 },
      { kind: 'move', number: 2, start: 32 * mib },
      { kind: 'create', start: mib, size: 30 * mib, type: linux },
    );
    expect(layout.partitions.map(({ start }) => start / mib)).toEqual([1, 32]);
  });
});
