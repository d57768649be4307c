import { describe, expect, test } from 'vitest';
import { toolsMissing } from '@diskwright/sdk/testing';
import { TOOLS, run } from './testing/fatImage';
import { makeFat, openFat, signal } from './testing/openFat';

const MIB = 1024 * 1024;

describe.skipIf(toolsMissing(...TOOLS))('moving a volume', () => {
  test.each([
    ['FAT16', 24 * MIB, ['-F', '16', '-h', '63'], 512 as const, 1],
    ['FAT32', 64 * MIB, ['-F', '32', '-s', '1'], 512 as const, 2],
    ['FAT32 with sectors of 4096', 300 * MIB, ['-F', '32', '-S', '4096', '-s', '1'], 4096 as const, 2],
  ])('%s gets its hidden sectors in every boot sector', async (_, size, args, sectorSize, copies) => {
    const image = makeFat(size, args);
    const newStart = 2048 * sectorSize;
    const target = { newStart, newSize: size, newSectorSize: sectorSize };
    const { writes, warnings } = await (await openFat(image.path, sectorSize)).relocate(target, signal);
    expect([writes.length, warnings]).toEqual([copies, []]);
    for (const { offset, bytes } of writes) image.patch(offset, bytes);
    const report = run('fsck.fat', ['-nv', image.path]);
    expect(report).toMatch(/^ +2048 hidden sectors$/m);
    expect(report).not.toContain('differences between boot sector and its backup');
    expect((await (await openFat(image.path, sectorSize)).relocate(target, signal)).writes).toEqual([]);
  });

  test('is refused to another sector size', async () => {
    const filesystem = await openFat(makeFat(24 * MIB, ['-F', '16']).path);
    const moving = filesystem.relocate({ newStart: MIB, newSize: 24 * MIB, newSectorSize: 4096 }, signal);
    await expect(moving).rejects.toMatchObject({ code: 'Refused' });
  });

  test('is refused to a smaller place', async () => {
    const filesystem = await openFat(makeFat(24 * MIB, ['-F', '16']).path);
    const moving = filesystem.relocate({ newStart: MIB, newSize: 20 * MIB, newSectorSize: 512 }, signal);
    await expect(moving).rejects.toMatchObject({ code: 'Refused' });
  });

  test('beyond what the field can hold changes nothing, with a warning', async () => {
    const filesystem = await openFat(makeFat(24 * MIB, ['-F', '16']).path);
    const moved = await filesystem.relocate({ newStart: 2 ** 32 * 512, newSize: 24 * MIB, newSectorSize: 512 }, signal);
    expect(moved).toEqual({ writes: [], warnings: [expect.stringContaining('4294967296 hidden sectors')] });
  });
});
