import { mkdir, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { scratchFolder } from './scratch';
import { must } from './tool';

/** The mount point of a new filesystem in a file, which is gone when the test ends. Needs root and `mkfs.<type>`. */
export async function mountedFilesystem(type: 'btrfs' | 'xfs' | 'ext4', bytes: number): Promise<string> {
  const folder = await scratchFolder();
  const image = join(folder, 'filesystem.img');
  const mounted = join(folder, 'mounted');
  await mkdir(mounted);
  await writeFile(image, '');
  await truncate(image, bytes);
  await must(`mkfs.${type}`, '-q', image);
  await must('mount', '-o', 'loop', image, mounted);
  onTestFinished(async () => {
    await must('umount', mounted);
  });
  return mounted;
}
