/** Partitions of one disk: refused, with advice that works. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cli } from '../support/cli';
import { CLONE_TOOLS } from '../support/judgeClone';
import { extractPartition, hashFiles, makeImage, makeSampleDisk } from '../support/sampleDisk';
import { scratchFolder } from '../support/scratch';
import { must, sha256OfFile } from '../support/tool';
import { requireTool } from '../support/tools';

test('a partition is not cloned to another one of its disk, but by way of an image file, as the refusal says', async () => {
  requireTool(...CLONE_TOOLS);
  const scratch = await scratchFolder();
  const home = join(scratch, 'home');
  const disk = await makeSampleDisk(join(scratch, 'disk.img'), scratch);
  const before = await sha256OfFile(disk.path);

  const refused = await cli(['clone', 'partition', `${disk.path}#1`, `${disk.path}#3`, '--yes'], { home });
  expect(refused.status, refused.stderr).toBe(3);
  expect(refused.stderr).toContain(`${disk.path} holds both partitions`);
  expect(refused.stderr).toContain('Clone the partition to another disk or to an image file of its size (image.img#0)');
  expect(await sha256OfFile(disk.path)).toBe(before);

  const image = join(scratch, 'image.img');
  await makeImage(image, disk.partitions[0]!.size);
  for (const [from, to] of [
    [`${disk.path}#1`, `${image}#0`],
    [`${image}#0`, `${disk.path}#3`],
  ]) {
    const result = await cli(['clone', 'partition', from!, to!, '--yes'], { home });
    expect(result.status, result.stderr).toBe(0);
  }
  const volume = await extractPartition(disk.path, disk.partitions[2]!, join(scratch, 'volume.img'));
  await must('fsck.fat', '-n', volume);
  expect(Object.fromEntries(await hashFiles(volume, 'vfat', scratch))).toEqual(Object.fromEntries(disk.files));
  await must('sfdisk', '--verify', disk.path);
});
