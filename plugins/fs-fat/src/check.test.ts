import { describe, expect, test } from 'vitest';
import { toolsMissing } from '@diskwright/sdk/testing';
import { TOOLS, tryRun, type FatImage } from './testing/fatImage';
import { makeFat, openFat, signal } from './testing/openFat';

const MIB = 1024 * 1024;
const fat32 = (): FatImage => makeFat(64 * MIB, ['-F', '32', '-s', '1']);

async function codes(image: FatImage, sectorSize: 512 | 4096 = 512, startOffset = 0): Promise<string[]> {
  const findings = await (await openFat(image.path, sectorSize, startOffset)).check(signal);
  return findings.map((finding) => finding.code);
}

describe.skipIf(toolsMissing(...TOOLS))('check finds', () => {
  test('nothing in a fresh volume', async () => {
    expect(await codes(fat32().fillAndFragment(3, 5, 4000))).toEqual([]);
  });

  test('a wrong count in FSInfo, as fsck.fat does', async () => {
    const image = fat32().patch(512 + 488, [77, 0, 0, 0]);
    expect(tryRun('fsck.fat', ['-n', image.path]).output).toContain('Free cluster summary wrong (77');
    expect(await codes(image)).toEqual(['fat.fsInfo.freeClusters']);
  });

  test('a backup boot sector that differs, as fsck.fat does', async () => {
    const image = fat32().patch(6 * 512 + 3, Buffer.from('OTHER'));
    expect(tryRun('fsck.fat', ['-n', image.path]).output).toContain('differences between boot sector and its backup');
    expect(await codes(image)).toEqual(['fat.backup.differs']);
  });

  test('a broken FSInfo signature, as fsck.fat does', async () => {
    const image = fat32().patch(512, [0]);
    expect(tryRun('fsck.fat', ['-n', image.path]).output).toContain('FSINFO sector has bad magic number');
    expect(await codes(image)).toEqual(['fat.fsInfo.leadSignature']);
  });

  test('another media byte in the FAT', async () => {
    expect(await codes(makeFat(64 * MIB, ['-F', '32', '-s', '1', '-f', '1']).patch(32 * 512, [0xf0]))).toEqual(['fat.media']);
  });

  test('too few clusters for FAT32, as fsck.fat does', async () => {
    const image = makeFat(34 * MIB, ['-F', '32', '-s', '2']);
    expect(tryRun('fsck.fat', ['-n', image.path]).output).toContain('less than the required minimum');
    expect(await codes(image)).toEqual(['fat.boot.fewClusters']);
  });

  test('a sector size other than the device has', async () => {
    expect(await codes(fat32(), 4096)).toEqual(['fat.boot.sectorSize']);
  });

  test('hidden sectors that are not where the volume starts', async () => {
    expect(await codes(fat32(), 512, MIB)).toEqual(['fat.boot.hiddenSectors']);
  });

  test('bad clusters', async () => {
    const image = fat32();
    for (const fat of [32, 32 + 1009]) image.patch(fat * 512 + 700 * 4, [0xf7, 0xff, 0xff, 0x0f]);
    // FSInfo does not count them as used, the FAT does.
    expect(await codes(image)).toEqual(['fat.badClusters', 'fat.fsInfo.freeClusters']);
  });
});
