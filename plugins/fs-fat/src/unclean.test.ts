import { describe, expect, test } from 'vitest';
import { toolsMissing } from '@diskwright/sdk/testing';
import { TOOLS, tryRun, type FatImage } from './testing/fatImage';
import { makeFat, openFat, signal } from './testing/openFat';

const MIB = 1024 * 1024;
const fat16 = (): FatImage => makeFat(24 * MIB, ['-F', '16']);
const fat32 = (): FatImage => makeFat(64 * MIB, ['-F', '32', '-s', '1']);

/** Offset of the first FAT, from the boot sector's reserved sectors. */
const fatOffset = (image: FatImage): number => image.peek(14, 2).readUInt16LE(0) * 512;

async function expectUnknown(image: FatImage, reason: RegExp): Promise<void> {
  const filesystem = await openFat(image.path);
  const allocation = await filesystem.allocation(signal);
  expect(allocation).toMatchObject({ confidence: 'unknown', extents: null });
  expect(allocation.reasons.join('\n')).toMatch(reason);
  expect((await filesystem.info(signal)).clean).toBe(false);
}

describe.skipIf(toolsMissing(...TOOLS))('a volume that was not cleanly unmounted', () => {
  test('FAT16 with the dirty byte of Linux', async () => {
    const image = fat16().patch(0x25, [1]);
    expect(tryRun('fsck.fat', ['-n', image.path]).output).toContain('Dirty bit is set');
    await expectUnknown(image, /boot sector marks the volume as mounted/);
  });

  test('FAT12 with the dirty byte of Linux', async () => {
    await expectUnknown(makeFat(1440 * 1024, []).patch(0x25, [1]), /boot sector marks the volume as mounted/);
  });

  test('FAT32 with the dirty byte of Linux', async () => {
    const image = fat32().patch(0x41, [1]);
    expect(tryRun('fsck.fat', ['-n', image.path]).output).toContain('Dirty bit is set');
    await expectUnknown(image, /boot sector marks the volume as mounted/);
  });

  test('FAT16 with the clean bit of FAT entry 1 gone', async () => {
    const image = fat16();
    await expectUnknown(image.patch(fatOffset(image) + 2, [0xff, 0x7f]), /FAT 1 is marked dirty/);
  });

  test('FAT32 with the clean bit of FAT entry 1 gone', async () => {
    const image = fat32();
    await expectUnknown(image.patch(fatOffset(image) + 7, [0x07]), /FAT 1 is marked dirty/);
  });

  test('FAT32 with the error bit of FAT entry 1', async () => {
    const image = fat32();
    await expectUnknown(image.patch(fatOffset(image) + 7, [0x0b]), /FAT 1 records disk errors/);
  });
});

describe.skipIf(toolsMissing(...TOOLS))('an inconsistent boot sector', () => {
  test('of a volume that is cut off', async () => {
    // The 16-bit field is 0 in FAT32, so this is the volume's size.
    await expectUnknown(fat32().patch(0x20, [0, 0, 0x10, 0]), /spans 536870912 bytes, but its volume has only 67108864/);
  });

  test('with a FAT too short for the clusters', async () => {
    await expectUnknown(fat32().patch(0x24, [1, 0, 0, 0]), /the FAT has room for 128 entries/);
  });

  test('with a root directory outside of the volume', async () => {
    await expectUnknown(fat32().patch(0x2c, [0xff, 0xff, 0xff, 0x0f]), /root directory's cluster 268435455/);
  });

  test('with an active FAT that does not exist', async () => {
    await expectUnknown(fat32().patch(0x28, [0x85]), /FAT 5 is active, but there are only 2/);
  });

  test('is no boot sector at all without a sector size', async () => {
    await expect(openFat(fat32().patch(11, [0, 0]).path)).rejects.toThrow(/no FAT boot sector at offset 0/);
  });
});
