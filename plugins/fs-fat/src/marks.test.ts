import { describe, expect, test } from 'vitest';
import { ExtentList, subtract } from '@diskwright/sdk/extents';
import { toolsMissing } from '@diskwright/sdk/testing';
import { TOOLS, run, tryRun, type FatImage } from './testing/fatImage';
import { makeFat, openFat, signal } from './testing/openFat';

const MIB = 1024 * 1024;
const shapes: [name: string, size: number, args: string[], sectorSize: 512 | 4096][] = [
  ['a floppy', 360 * 1024, [], 512],
  ['FAT16', 24 * MIB, ['-F', '16'], 512],
  ['FAT16 with sectors of 4096', 64 * MIB, ['-F', '16', '-S', '4096'], 4096],
  ['FAT32', 64 * MIB, ['-F', '32', '-s', '1'], 512],
  ['FAT32 with its backup at sector 12', 64 * MIB, ['-F', '32', '-s', '1', '-b', '12'], 512],
  ['FAT32 with sectors of 4096', 300 * MIB, ['-F', '32', '-S', '4096', '-s', '1'], 4096],
];

function expectNothingFound(image: FatImage): void {
  expect(image.blkid()).not.toHaveProperty('TYPE');
  expect(run('wipefs', ['-n', image.path])).toBe('');
}

describe.skipIf(toolsMissing(...TOOLS)).each(shapes)('%s', (_, size, args, sectorSize) => {
  test('is recognised by no tool before its commit extents are written', async () => {
    const image = makeFat(size, args).fillAndFragment(1, 4, 5000);
    const filesystem = await openFat(image.path, sectorSize);
    const commit = await filesystem.commitExtents(signal);
    for (const { offset, length } of commit) image.patch(offset, Buffer.alloc(length));
    expectNothingFound(image);
    expect(tryRun('fsck.fat', ['-n', image.path]).status).not.toBe(0);
    expect(tryRun('mdir', ['-i', image.path, '::/']).status).not.toBe(0);
  });

  test('has small commit extents, all of them allocated', async () => {
    const filesystem = await openFat(makeFat(size, args).path, sectorSize);
    const commit = ExtentList.fromRanges(await filesystem.commitExtents(signal));
    const { extents } = await filesystem.allocation(signal);
    expect(commit.covered).toBeLessThanOrEqual(3 * sectorSize);
    expect(extents && subtract(commit, extents).covered).toBe(0);
  });

  test('is recognised no more when its signatures are wiped', async () => {
    const image = makeFat(size, args);
    const filesystem = await openFat(image.path, sectorSize);
    for (const { offset, length } of await filesystem.signatures(signal)) image.patch(offset, Buffer.alloc(length));
    expectNothingFound(image);
  });

  test('has a generation that changes with what is written, and not without', async () => {
    const image = makeFat(size, args);
    const before = await (await openFat(image.path, sectorSize)).generation(signal);
    expect((await (await openFat(image.path, sectorSize)).generation(signal)).digest).toBe(before.digest);
    image.fillAndFragment(1, 2, 3000);
    const filled = await (await openFat(image.path, sectorSize)).generation(signal);
    run('mdel', ['-i', image.path, '::/A long name 1.bin']);
    const deleted = await (await openFat(image.path, sectorSize)).generation(signal);
    expect(new Set([before.digest, filled.digest, deleted.digest]).size).toBe(3);
    expect(before.ranges.length).toBeLessThan(4);
  });
});
