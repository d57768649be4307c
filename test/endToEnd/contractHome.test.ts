/** The data folder: ordinary users, folders that cannot be written, full disks. */
import { chmod, chown, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { cli, cliJson } from '../support/cli';
import { sharedLab } from '../support/lab';
import { makeImage, MIB } from '../support/sampleDisk';
import { scratchFolder } from '../support/scratch';
import { must } from '../support/tool';
import { requireRoot } from '../support/tools';

const lab = sharedLab();
const NOBODY = 65534;

test('an ordinary user clones image files of their own', async () => {
  requireRoot();
  const folder = await scratchFolder();
  for (const open of [folder, lab.folder]) await chmod(open, 0o755);
  const target = join(folder, 'target.img');
  await makeImage(target, 96 * MIB);
  const home = join(folder, 'home');
  await mkdir(home);
  for (const own of [target, home]) await chown(own, NOBODY, NOBODY);
  const user = { home, uid: NOBODY, gid: NOBODY };
  expect((await cli(['clone', 'disk', lab.disk, target, '--yes'], user)).status).toBe(0);
  expect(await cliJson(['layout', target], user)).toMatchObject({ table: { type: 'gpt' } });
});

test('an ordinary user is told what they may not read', async () => {
  requireRoot();
  const folder = await scratchFolder();
  await chmod(folder, 0o777);
  const image = join(folder, 'secret.img');
  await makeImage(image, MIB);
  await chmod(image, 0o600);
  const { status, stderr } = await cli(['layout', image], { home: join(folder, 'home'), uid: NOBODY, gid: NOBODY });
  expect(stderr).toMatch(/secret\.img: no right to read it\n {2}\S/);
  expect(status).toBe(3);
});

test.each(['/proc/none/home', '/dev/null'])('a data folder in %s is named, with what to do', async (home) => {
  const { status, stderr } = await cli(['layout', lab.disk], { home });
  expect(stderr).toMatch(/cannot be made: .*\n {2}Set DISKWRIGHT_HOME/);
  expect(status).toBe(1);
});

test('a data folder on a full disk ends a clone before anything is written, and leaves no half of a plan', async () => {
  requireRoot();
  const full = await scratchFolder();
  await must('mount', '-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', full);
  onTestFinished(async () => void (await must('umount', full)));
  const home = join(full, 'home');
  const { status, stderr } = await cli(['clone', 'disk', lab.disk, lab.bigger, '--yes'], { home });
  expect(stderr).toMatch(/no space left/);
  expect(status).toBe(1);
  // The sector service takes it away as it ends, behind the command.
  await expect.poll(() => readdir(join(home, 'staging')), { timeout: 10_000 }).toEqual([]);
});
