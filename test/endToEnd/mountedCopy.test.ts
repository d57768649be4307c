/** An ext4 that was copied while it was mounted has a journal that was not replayed: what only the journal knows of must be cloned, too. */
import { createHash, randomBytes } from 'node:crypto';
import { copyFile, mkdir, open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { cli } from '../support/cli';
import { loopDevice } from '../support/loopDevice';
import { hashFiles, makeImage, MIB } from '../support/sampleDisk';
import { scratchFolder } from '../support/scratch';
import { must, sha256OfFile, tool } from '../support/tool';
import { requireRoot, requireTool } from '../support/tools';

test('an ext4 copied while mounted is cloned with what its journal adds: after e2fsck all files are as in the source', async () => {
  requireRoot();
  requireTool('mkfs.ext4', 'e2fsck', 'debugfs');
  const scratch = await scratchFolder();
  const live = join(scratch, 'live.img');
  await makeImage(live, 128 * MIB);
  await must('mkfs.ext4', '-q', '-F', live);
  const folder = join(scratch, 'mounted');
  await mkdir(folder);
  await must('mount', await loopDevice(live), folder);
  let mounted = true;
  onTestFinished(async () => void (mounted && (await must('umount', folder))));
  const hashes = new Map<string, string>();
  for (let index = 0; index < 12; index++) {
    const bytes = randomBytes(1.5 * MIB);
    await writeFile(join(folder, `file-${index}`), bytes);
    hashes.set(`file-${index}`, createHash('sha256').update(bytes).digest('hex'));
  }
  // The files are on the disk and in the journal, and the bitmaps on the disk do not know of them yet.
  const handle = await open(folder, 'r');
  await handle.sync();
  await handle.close();
  await must('sync', '-f', join(folder, 'file-0'));
  const source = join(scratch, 'source.img');
  await copyFile(live, source);
  await must('umount', folder);
  mounted = false;
  expect((await tool('dumpe2fs', '-h', source)).stdout).toContain('needs_recovery');
  const before = await sha256OfFile(source);
  const target = join(scratch, 'target.img');
  await makeImage(target, 128 * MIB, 0xa5);

  const result = await cli(['clone', 'disk', source, target, '--yes'], { home: join(scratch, 'home') });

  expect(result.status, result.stderr).toBe(0);
  // What is free before and after the journal's replay is not copied.
  expect(result.stdout).toMatch(/[23]\d\.\d MiB copied and verified/);
  expect(await sha256OfFile(source)).toBe(before);
  expect((await tool('e2fsck', '-fy', target)).status).toBeLessThanOrEqual(1);
  await must('e2fsck', '-fn', target);
  const files = await hashFiles(target, 'ext4', scratch);
  expect(Object.fromEntries(files)).toEqual(Object.fromEntries(hashes));
});
