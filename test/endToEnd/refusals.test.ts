/** Targets and sources that must not be used are refused with exit status 3, and nothing is written. */
import { link, mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { cli, cliJson } from '../support/cli';
import { addPartitions, loopDevice } from '../support/loopDevice';
import { qemuNbd } from '../support/nbdServer';
import { makeImage, makeSampleDisk, MIB, type SampleDisk } from '../support/sampleDisk';
import { scratchFolder } from '../support/scratch';
import { must, sha256OfFile } from '../support/tool';
import { requireRoot, requireTool } from '../support/tools';

interface Setting {
  scratch: string;
  home: string;
  disk: SampleDisk;
}

async function setting(): Promise<Setting> {
  requireTool('sfdisk', 'mkfs.fat', 'mkfs.ext4', 'mcopy');
  const scratch = await scratchFolder();
  return { scratch, home: join(scratch, 'home'), disk: await makeSampleDisk(join(scratch, 'source.img'), scratch) };
}

/** Clones onto `target`, which must be refused for a reason that holds `reason`. */
async function expectRefused({ home, disk }: Setting, target: string, reason: RegExp): Promise<void> {
  const result = await cli(['clone', 'disk', disk.path, target, '--yes'], { home });
  expect(result.stderr).toMatch(reason);
  expect(result.status, result.stderr).toBe(3);
}

/** As {@link expectRefused}, with `watched` left as it is. */
async function expectRefusal(given: Setting, target: string, watched: string, reason: RegExp): Promise<void> {
  const before = await sha256OfFile(watched);
  await expectRefused(given, target, reason);
  expect(await sha256OfFile(watched)).toBe(before);
}

async function mount(device: string, scratch: string): Promise<string> {
  const folder = join(scratch, 'mounted');
  await mkdir(folder);
  await must('mount', device, folder);
  onTestFinished(async () => void (await must('umount', folder)));
  return folder;
}

test('the source itself', async () => {
  const given = await setting();
  await expectRefusal(given, given.disk.path, given.disk.path, /same|both/i);
});

test('a hard link to the source', async () => {
  const given = await setting();
  const other = join(given.scratch, 'link.img');
  await link(given.disk.path, other);
  await expectRefusal(given, other, given.disk.path, /same/i);
});

test('a symbolic link to the source', async () => {
  const given = await setting();
  const other = join(given.scratch, 'symlink.img');
  await symlink(given.disk.path, other);
  await expectRefusal(given, other, given.disk.path, /same|both/i);
});

test('a loop device over the source, at an offset', async () => {
  requireRoot();
  const given = await setting();
  const loop = await loopDevice(given.disk.path, { offset: 105 * MIB });
  await expectRefusal(given, `${loop}`, given.disk.path, /./);
});

test('a partition of the disk that is the source', async () => {
  requireRoot();
  requireTool('partx');
  const given = await setting();
  const whole = await loopDevice(given.disk.path);
  await addPartitions(whole);
  const before = await sha256OfFile(given.disk.path);
  const result = await cli(['clone', 'partition', `${whole}#2`, `${whole}p3#0`, '--yes'], { home: given.home });
  expect(result.status, result.stderr).toBe(3);
  expect(await sha256OfFile(given.disk.path)).toBe(before);
});

test('a mounted target', async () => {
  requireRoot();
  const given = await setting();
  const target = join(given.scratch, 'target.img');
  await makeImage(target, 220 * MIB);
  await must('mkfs.ext4', '-q', '-F', target);
  const loop = await loopDevice(target);
  await mount(loop, given.scratch);
  const result = await cli(['clone', 'disk', given.disk.path, loop, '--yes'], { home: given.home });
  expect(result.status, result.stderr).toBe(3);
  expect(result.stderr).toMatch(/mounted/i);
});

test('an image whose loop device is mounted', async () => {
  requireRoot();
  const given = await setting();
  const target = join(given.scratch, 'target.img');
  await makeImage(target, 220 * MIB);
  await must('mkfs.ext4', '-q', '-F', target);
  await mount(await loopDevice(target), given.scratch);
  const result = await cli(['clone', 'disk', given.disk.path, target, '--yes'], { home: given.home });
  expect(result.status, result.stderr).toBe(3);
  expect(result.stderr).toMatch(/mounted/i);
});

test('a target that is used as swap', async () => {
  requireRoot();
  const given = await setting();
  const target = join(given.scratch, 'target.img');
  await makeImage(target, 220 * MIB, 0);
  const loop = await loopDevice(target);
  await must('mkswap', loop);
  await must('swapon', loop);
  onTestFinished(async () => void (await must('swapoff', loop)));
  // The kernel may write pages to it meanwhile; its first page is what a clone would clear before all else.
  await expectRefused(given, loop, /swap/i);
  expect(await must('blkid', '-p', '-o', 'value', '-s', 'TYPE', target)).toBe('swap\n');
});

test('an image that a QEMU program holds', async () => {
  requireTool('qemu-nbd');
  const given = await setting();
  const target = join(given.scratch, 'target.img');
  await makeImage(target, 220 * MIB);
  await qemuNbd('raw', target);
  await expectRefusal(given, target, target, /lock|held|use/i);
});

test('a target that changed since the plan was made', async () => {
  const given = await setting();
  const target = join(given.scratch, 'target.img');
  await makeImage(target, 220 * MIB);
  const plan = join(given.scratch, 'clone.plan');
  await cliJson(['clone', 'disk', given.disk.path, target, '--plan', plan], { home: given.home });
  await must('mkfs.ext4', '-q', '-F', target);
  const before = await sha256OfFile(target);
  const result = await cli(['plan', 'apply', plan, '--yes'], { home: given.home });
  expect(result.status, result.stderr).toBe(3);
  expect(result.stderr).toMatch(/chang/i);
  expect(await sha256OfFile(target)).toBe(before);
});

test('a source whose filesystem was written since the plan was made', async () => {
  const given = await setting();
  const target = join(given.scratch, 'target.img');
  await makeImage(target, 220 * MIB);
  const plan = join(given.scratch, 'clone.plan');
  await cliJson(['clone', 'disk', given.disk.path, target, '--plan', plan], { home: given.home });
  await must('debugfs', '-w', '-R', 'rm /readme.txt', `${given.disk.path}?offset=${41 * MIB}`);
  const result = await cli(['plan', 'apply', plan, '--yes'], { home: given.home });
  expect(result.status, result.stderr).toBe(3);
  expect(result.stderr).toMatch(/chang/i);
});

test('a source that is mounted for writing', async () => {
  requireRoot();
  const given = await setting();
  const image = join(given.scratch, 'volume.img');
  await makeImage(image, 64 * MIB);
  await must('mkfs.ext4', '-q', '-F', image);
  await mount(await loopDevice(image), given.scratch);
  const target = join(given.scratch, 'target.img');
  await makeImage(target, 64 * MIB);
  const result = await cli(['clone', 'disk', image, target, '--yes'], { home: given.home });
  expect(result.status, result.stderr).toBe(3);
  expect(result.stderr).toMatch(/mounted/i);
});

test('sectors of 512 bytes onto sectors of 4096', async () => {
  requireRoot();
  const given = await setting();
  const image = join(given.scratch, 'target.img');
  await makeImage(image, 220 * MIB);
  const target = await loopDevice(image, { sectorSize: 4096 });
  await expectRefusal(given, target, image, /sectors of 512 bytes.*4096/i);
});
