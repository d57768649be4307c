/** Everything that a good clone must pass, by tools that are not ours. */
import { join } from 'node:path';
import { expect } from 'vitest';
import { extractPartition, hashFiles, type SampleDisk } from './sampleDisk';
import { must } from './tool';

/** The tools that {@link judgeClone} and making the disk need. */
export const CLONE_TOOLS = ['sfdisk', 'sgdisk', 'mkfs.fat', 'mkfs.ext4', 'mcopy', 'fsck.fat', 'e2fsck'];

/** Table and filesystems of `target` are sound and hold the files of the sample disk. */
export async function judgeClone(disk: SampleDisk, target: string, scratch: string): Promise<void> {
  if (disk.sectorSize === 512) {
    const verdict = await must('sgdisk', '-v', target);
    expect(verdict).toContain('No problems found');
  }
  await must('sfdisk', '--verify', target);
  for (const partition of disk.partitions) {
    const image = await extractPartition(target, partition, join(scratch, 'judged.img'));
    if (partition.filesystem === 'ext4') await must('e2fsck', '-fn', image);
    else await must('fsck.fat', '-n', image);
    const files = await hashFiles(image, partition.filesystem, scratch);
    expect(Object.fromEntries(files)).toEqual(Object.fromEntries(disk.files));
  }
}
