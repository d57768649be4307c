import { describe, expect, test } from 'vitest';
import type { PartitionOperation } from '@diskwright/sdk/protocol';
import { toolsMissing } from '@diskwright/sdk/testing';
import { asSfdisk, isRoot, normalized, TableImage, tools } from '../testing/tableImage';

const mib = 1024 * 1024;

/** Partitions 1 (1 … 5 MiB, active), 2 (5 … 9 MiB) and 3 (9 … 13 MiB) of 64 MiB. */
const primary = (): TableImage => new TableImage(64 * mib).sfdisk('label: dos\n,4M,L,*\n,4M,7\n,4M,c');
/** Partition 2 from 3 to 27 MiB, in it 5 (4 … 6 MiB), 6 (7 … 9 MiB) and 7 (10 … 14 MiB), each 1 MiB behind its boot record. */
const logical = (): TableImage =>
  new TableImage(64 * mib).sfdisk('label: dos\n2048,4096,83\n6144,49152,5\n8192,4096,83\n14336,4096,7\n20480,8192,82');

async function edit(image: TableImage, ...operations: PartitionOperation[]): Promise<Awaited<ReturnType<TableImage['edit']>>> {
  const edited = await image.edit(...operations);
  image.apply(edited.writes);
  expect(image.run('sfdisk', ['--verify', '{}'])).toContain('No errors detected');
  expect(asSfdisk(edited.layout, image.sectorSize)).toEqual(normalized(image.sfdiskJson()));
  expect(await image.layout()).toEqual(edited.layout);
  return edited;
}

const starts = ({ layout }: Awaited<ReturnType<typeof edit>>): [number, number][] =>
  layout.partitions.map(({ number, start }) => [number, start / mib]);

describe.skipIf(toolsMissing(...tools))('an edited MBR', () => {
  test('has primary partitions created, deleted, moved and resized', async () => {
    const edited = await edit(
      primary(),
      { kind: 'delete', number: 2 },
      { kind: 'move', number: 3, start: 40 * mib },
      { kind: 'resize', number: 1, size: 8 * mib },
      { kind: 'create', start: 20 * mib, size: 4 * mib, type: '0x83' },
    );
    expect(starts(edited)).toEqual([
      [1, 1],
      [2, 20],
      [3, 40],
    ]);
    expect(edited.writes.map(({ offset }) => offset)).toEqual([0]);
  });

  test('keeps its boot code and its signature', async () => {
    const image = primary().write(0, Buffer.alloc(440, 0x90));
    const before = image.read(0, 446);
    await edit(image, { kind: 'delete', number: 1 });
    expect(image.read(0, 446).equals(before)).toBe(true);
  });

  test('has one active partition', async () => {
    const { layout, warnings } = await edit(primary(), { kind: 'set', number: 2, bootable: true, type: '0x27' });
    expect(layout.partitions.map(({ bootable }) => bootable)).toEqual([false, true, false]);
    expect(warnings).toEqual(['partition 1 is no longer the active one']);
  });

  test('is a table still when its last partition is gone', async () => {
    const edited = await edit(
      primary(),
      { kind: 'delete', number: 1 },
      { kind: 'delete', number: 2 },
      { kind: 'delete', number: 3 },
    );
    expect(edited.layout.partitions).toEqual([]);
  });

  test('gets an extended partition and logical ones at once', async () => {
    const edited = await edit(
      primary(),
      { kind: 'create', start: 22 * mib, size: 4 * mib, type: '0x83' },
      { kind: 'create', start: 17 * mib, size: 4 * mib, type: '0x83' },
      { kind: 'create', start: 16 * mib, size: 32 * mib, type: '0x5' },
    );
    expect(starts(edited)).toEqual([
      [1, 1],
      [2, 5],
      [3, 9],
      [4, 16],
      [5, 22],
      [6, 17],
    ]);
  });

  test('gets a logical partition behind the others of its chain, wherever it lies', async () => {
    const edited = await edit(
      logical(),
      { kind: 'create', start: 15 * mib, size: 2 * mib, type: '0x83' },
      { kind: 'create', start: 9 * mib + 1024, size: 512, type: '0x83' },
    );
    expect(starts(edited).slice(2)).toEqual([
      [5, 4],
      [6, 7],
      [7, 10],
      [8, 15],
      [9, 9 + 1024 / mib],
    ]);
  });

  test.each([5, 6, 7])('loses logical partition %i, and later ones count one less', async (number) => {
    const edited = await edit(logical(), { kind: 'delete', number });
    const left = [4, 7, 10].filter((_, index) => index !== number - 5);
    expect(starts(edited).slice(2)).toEqual(left.map((start, index) => [5 + index, start]));
  });

  test('has an empty chain when all logical partitions are gone, and can have new ones', async () => {
    const image = logical();
    await edit(image, { kind: 'delete', number: 5 }, { kind: 'delete', number: 6 }, { kind: 'delete', number: 7 });
    const edited = await edit(image, { kind: 'create', start: 4 * mib, size: mib, type: '0x83' });
    expect(starts(edited)).toEqual([
      [1, 1],
      [2, 3],
      [5, 4],
    ]);
  });

  test('has logical partitions moved and resized', async () => {
    const edited = await edit(
      logical(),
      { kind: 'move', number: 6, start: 20 * mib },
      { kind: 'resize', number: 5, size: 5 * mib },
      { kind: 'resize', number: 2, size: 20 * mib },
    );
    expect(starts(edited).slice(1)).toEqual([
      [2, 3],
      [5, 4],
      [6, 20],
      [7, 10],
    ]);
  });

  test('loses an extended partition with all that is in it', async () => {
    const image = logical();
    await expect(image.edit({ kind: 'delete', number: 2 }, { kind: 'delete', number: 5 })).rejects.toMatchObject({
      message: 'operation 1: the extended partition 2 holds partition 6',
    });
    await edit(image, ...[2, 5, 6, 7].map((number) => ({ kind: 'delete' as const, number })));
  });

  test.each<[string, () => TableImage, PartitionOperation[], RegExp]>([
    [
      'a fifth primary partition',
      () => new TableImage(64 * mib).sfdisk('label: dos\n,4M,L\n,4M,L\n,4M,L\n,4M,L'),
      [{ kind: 'create', start: 32 * mib, size: mib, type: '0x83' }],
      /operation 1: all four entries of the boot record are in use/,
    ],
    [
      'a second extended one',
      logical,
      [{ kind: 'create', start: 32 * mib, size: mib, type: '0xf' }],
      /operation 1: partition 2 is an extended one already/,
    ],
    [
      'a logical partition without a sector before it',
      logical,
      [{ kind: 'create', start: 14 * mib, size: mib, type: '0x83' }],
      /operation 1: .* right behind another/,
    ],
    [
      'a partition over a boot record',
      logical,
      [{ kind: 'resize', number: 5, size: 3 * mib }],
      /operation 1: partition 5 would lie over the extended boot record at LBA 12288/,
    ],
    [
      'a chain cut off',
      logical,
      [{ kind: 'resize', number: 2, size: 10 * mib }],
      /operation 1: partition 7 would lie at LBA .*, outside of its extended partition 2/,
    ],
    [
      'a moved extended partition',
      logical,
      [{ kind: 'move', number: 2, start: 32 * mib }],
      /operation 1: partition 2 is an extended/,
    ],
    ['an overlap', primary, [{ kind: 'resize', number: 1, size: 5 * mib }], /operation 1: partition 2 would overlap partition 1/],
    [
      'what reaches beyond the end',
      primary,
      [{ kind: 'create', start: 63 * mib, size: 2 * mib, type: '0x83' }],
      /operation 1: .*outside of what partitions may use/,
    ],
    [
      'an extended one of an ordinary',
      primary,
      [{ kind: 'set', number: 1, type: '0x5' }],
      /operation 1: the type cannot become 0x05/,
    ],
  ])('is refused with %s', async (_, make, operations, message) => {
    const image = make();
    await expect(image.edit(...operations)).rejects.toMatchObject({
      code: 'Refused',
      message: expect.stringMatching(message) as string,
    });
  });

  test('takes no names', async () => {
    const image = primary();
    await expect(image.edit({ kind: 'set', number: 1, name: 'x' })).rejects.toMatchObject({ code: 'InvalidInput' });
  });
});

describe.skipIf(toolsMissing(...tools, 'losetup') || !isRoot)('an edited MBR with sectors of 4096 bytes', () => {
  test('has a logical partition more', async () => {
    const image = new TableImage(64 * mib, 4096).sfdisk('label: dos\n256,1024,83\n1280,8192,5\n1536,512,83\n2304,512,7');
    const edited = await edit(image, { kind: 'create', start: 16 * mib, size: 4 * mib, type: '0x83' });
    expect(starts(edited).at(-1)).toEqual([7, 16]);
  });
});
