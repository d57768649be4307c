import { describe, expect, test } from 'vitest';
import type { TableLayout } from '@diskwright/sdk/protocol';
import { toolsMissing } from '@diskwright/sdk/testing';
import { mbrPartitionEntry, type MbrPartitionEntry } from './structures/mbrPartitionEntry';
import { asSfdisk, normalized, TableImage, tools } from './testing/tableImage';

const mib = 1024 * 1024;
/** Partition 2 from LBA 6144; boot records at 6144, 12288 and 18432, partitions 5, 6, 7 at 8192, 14336, 20480. */
const usual = (): TableImage =>
  new TableImage(32 * mib).sfdisk('label: dos\n2048,4096,83\n6144,49152,5\n8192,4096,83\n14336,4096,7\n20480,8192,82');
const codes = ({ findings }: TableLayout): string[] => findings.map(({ code }) => code).sort();
const numbers = ({ partitions }: TableLayout): number[] => partitions.map(({ number }) => number);

function patch(image: TableImage, lba: number, slot: number, change: Partial<MbrPartitionEntry>): TableImage {
  const at = lba * 512 + 446 + 16 * slot;
  return image.write(at, mbrPartitionEntry.encode({ ...mbrPartitionEntry.read(image.read(at, 16)), ...change }));
}

describe.skipIf(toolsMissing(...tools))('an extended partition', () => {
  test('whose chain leads back ends there', async () => {
    const layout = await patch(usual(), 12288, 1, { startLba: 0 }).layout();
    expect(numbers(layout)).toEqual([1, 2, 5, 6]);
    expect(codes(layout)).toEqual(['mbr.extended.loop']);
  });

  test('whose record links to itself ends there', async () => {
    const layout = await patch(usual(), 12288, 1, { startLba: 6144 }).layout();
    expect(numbers(layout)).toEqual([1, 2, 5, 6]);
    expect(codes(layout)).toEqual(['mbr.extended.loop']);
  });

  test('whose chain goes backward is followed, as by sfdisk', async () => {
    const image = patch(usual(), 6144, 1, { startLba: 12288 });
    patch(image, 18432, 1, { type: 5, startLba: 6144, sectorCount: 6144 });
    patch(image, 12288, 1, { type: 0, startLba: 0, sectorCount: 0 });
    const layout = await image.layout();
    expect(asSfdisk(layout, 512)).toEqual(normalized(image.sfdiskJson()));
    expect(codes(layout)).toEqual(['mbr.extended.backward']);
  });

  test('whose chain leaves it is followed no further than the disk', async () => {
    expect(codes(await patch(usual(), 12288, 1, { startLba: 51200 }).layout())).toContain('mbr.extended.outside');
    const layout = await patch(usual(), 12288, 1, { startLba: 0xffffffff }).layout();
    expect(codes(layout)).toEqual(['mbr.extended.beyondDisk', 'mbr.extended.outside']);
    expect(numbers(layout)).toEqual([1, 2, 5, 6]);
  });

  test('whose record lacks its signature ends before it', async () => {
    const layout = await usual()
      .write(18432 * 512 + 510, Buffer.alloc(2))
      .layout();
    expect(numbers(layout)).toEqual([1, 2, 5, 6]);
    expect(codes(layout)).toEqual(['mbr.extended.noRecord']);
  });

  test('with garbage in the third entry of a record shows what the kernel shows', async () => {
    const layout = await patch(usual(), 12288, 2, { type: 0x42, startLba: 77777, sectorCount: 99999 }).layout();
    expect(numbers(layout)).toEqual([1, 2, 5, 6, 7]);
  });

  test('beside a second one is a finding', async () => {
    const image = patch(usual(), 0, 2, { type: 0x0f, startLba: 57344, sectorCount: 2048 });
    expect(codes(await image.layout())).toContain('mbr.extended.several');
  });
});

describe.skipIf(toolsMissing(...tools))('MBR partitions', () => {
  test.each([
    ['beyond the disk', 0, 0, { sectorCount: 100000 }, ['mbr.partition.outside', 'mbr.partition.overlap']],
    ['that overlap', 0, 0, { sectorCount: 8192 }, ['mbr.partition.overlap']],
    ['over LBA 0', 0, 0, { startLba: 0 }, ['mbr.partition.overlap']],
    ['of a type without sectors', 0, 0, { sectorCount: 0 }, ['mbr.partition.empty']],
    ['outside of their extended one', 18432, 0, { sectorCount: 40000 }, ['mbr.logical.outside']],
    ['over a boot record', 12288, 0, { sectorCount: 5000 }, ['mbr.partition.overlap']],
  ])('%s are findings', async (_, lba, slot, change, expected) => {
    const layout = await patch(usual(), lba, slot, change).layout();
    expect(codes(layout)).toEqual(expected);
  });

  test('with the numbers of the table are listed even when the disk is cut off', async () => {
    const image = new TableImage(12 * mib).write(0, usual().read(0, 12 * mib));
    const layout = await image.layout();
    expect(layout.partitions.at(-1)).toMatchObject({ number: 7, start: 10 * mib, size: 4 * mib });
    expect(codes(layout)).toContain('mbr.partition.outside');
  });

  test('beside a GPT that nothing protects count', async () => {
    const image = new TableImage(32 * mib).sgdisk('-n1:2048:+4M');
    image.write(0, new TableImage(32 * mib).sfdisk('label: dos\n2048,4096,83').read(0, 512));
    const layout = await image.layout();
    expect(layout.type).toBe('mbr');
    expect(codes(layout)).toEqual(['mbr.gptRemains']);
  });
});
