/** The simulated result of a clone is a device: exported, it passes the filesystems' own checks and has the files. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cliJson } from '../support/cli';
import { exportDevice, fuseFile } from '../support/nbdExport';
import { extractPartition, hashFiles, makeImage, makeSampleDisk, MIB } from '../support/sampleDisk';
import { scratchFolder } from '../support/scratch';
import { must, sha256OfFile } from '../support/tool';
import { requireCondition, requireTool } from '../support/tools';
import { existsSync } from 'node:fs';

test('a simulated clone passes e2fsck through nbdfuse, is read by qemu-img, and has the files', async () => {
  requireTool('sfdisk', 'mkfs.fat', 'mkfs.ext4', 'mcopy', 'nbdfuse', 'qemu-img', 'e2fsck', 'fusermount3');
  requireCondition(existsSync('/dev/fuse'), 'needs /dev/fuse');
  const scratch = await scratchFolder();
  const home = join(scratch, 'home');
  const disk = await makeSampleDisk(join(scratch, 'source.img'), scratch);
  const target = join(scratch, 'target.img');
  await makeImage(target, 256 * MIB, 0xa5);
  const untouched = await sha256OfFile(target);

  const { overlay } = await cliJson<{ overlay: string }>(['clone', 'disk', disk.path, target, '--simulate'], { home });
  const uri = await exportDevice(overlay, home, scratch);

  const file = await fuseFile(uri, scratch);
  const ext4 = disk.partitions[1]!;
  await must('e2fsck', '-fn', `${file}?offset=${ext4.start}`);
  const raw = join(scratch, 'read-back.img');
  await must('qemu-img', 'convert', '-f', 'raw', '-O', 'raw', uri, raw);
  await must('sfdisk', '--verify', raw);
  for (const partition of disk.partitions) {
    const image = await extractPartition(raw, partition, join(scratch, 'volume.img'));
    expect(Object.fromEntries(await hashFiles(image, partition.filesystem, scratch))).toEqual(Object.fromEntries(disk.files));
  }
  expect(await sha256OfFile(target)).toBe(untouched);
});
