/** What is read by others, or cannot be written, may be a source; what may be written meanwhile is refused with exit status 3. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { cli } from '../support/cli';
import { loopDevice } from '../support/loopDevice';
import { nbdkit, qemuNbd } from '../support/nbdServer';
import { makeImage, MIB } from '../support/sampleDisk';
import { startCli } from '../support/runningCli';
import { scratchFolder } from '../support/scratch';
import { must, sha256OfFile } from '../support/tool';
import { requireRoot, requireTool } from '../support/tools';

const SIZE = 64 * MIB;

interface Setting {
  scratch: string;
  home: string;
  /** An ext4 without a partition table. */
  source: string;
  target: string;
}

async function setting(): Promise<Setting> {
  requireTool('mkfs.ext4', 'e2fsck');
  const scratch = await scratchFolder();
  const [source, target] = [join(scratch, 'source.img'), join(scratch, 'target.img')];
  await makeImage(source, SIZE);
  await must('mkfs.ext4', '-q', '-F', '-L', 'sample', source);
  await makeImage(target, SIZE, 0xa5);
  return { scratch, home: join(scratch, 'home'), source, target };
}

async function mount(device: string, scratch: string, options: string): Promise<void> {
  const folder = join(scratch, 'mounted');
  await mkdir(folder);
  await must('mount', '-o', options, device, folder);
  onTestFinished(async () => void (await must('umount', folder)));
}

async function expectClone({ home, target, source }: Setting, from: string): Promise<void> {
  const before = await sha256OfFile(source);
  const result = await cli(['clone', 'disk', from, target, '--yes'], { home });
  expect(result.status, result.stderr).toBe(0);
  await must('e2fsck', '-fn', target);
  expect(await sha256OfFile(source)).toBe(before);
}

async function expectRefusal({ home, target }: Setting, from: string, reason: RegExp): Promise<void> {
  const before = await sha256OfFile(target);
  const result = await cli(['clone', 'disk', from, target, '--yes'], { home });
  expect(result.status, result.stderr).toBe(3);
  expect(result.stderr).toContain(from);
  expect(result.stderr).toMatch(reason);
  expect(await sha256OfFile(target)).toBe(before);
}

test('a source that is mounted read-only is cloned, by its device and by its file', async () => {
  requireRoot();
  const given = await setting();
  const device = await loopDevice(given.source, { readOnly: true });
  await mount(device, given.scratch, 'ro');
  await expectClone(given, device);
  await expectClone(given, given.source);
});

test('a source that a virtual machine reads is cloned', async () => {
  requireTool('qemu-nbd');
  const given = await setting();
  await qemuNbd('raw', given.source, '--read-only');
  await expectClone(given, given.source);
});

test('a source that another Diskwright reads is cloned', async () => {
  requireTool('nbdkit');
  const given = await setting();
  const slow = join(given.scratch, 'slow.img');
  await makeImage(slow, SIZE);
  const { uri } = await nbdkit('--filter=delay', 'file', slow, 'wdelay=1', 'delay-zero=1');
  await startCli(['clone', 'disk', given.source, uri, '--yes'], { home: join(given.scratch, 'other') }).shows(/^job /m);
  await expectClone(given, given.source);
});

test('a source that is mounted for writing is refused, by its device and by its file', async () => {
  requireRoot();
  const given = await setting();
  const device = await loopDevice(given.source);
  await mount(device, given.scratch, 'rw');
  await expectRefusal(given, device, /is mounted at.*\n?.*mount it read-only/);
  await expectRefusal(given, given.source, /is mounted at/);
});

test('a source under a loop device that can be written is refused', async () => {
  requireRoot();
  const given = await setting();
  const device = await loopDevice(given.source);
  await expectRefusal(given, given.source, new RegExp(`loop device ${device} lies over`));
});

test('a source that is used as swap is refused', async () => {
  requireRoot();
  requireTool('mkswap', 'swapon');
  const given = await setting();
  await makeImage(given.source, SIZE, 0);
  const device = await loopDevice(given.source);
  await must('mkswap', device);
  await must('swapon', device);
  onTestFinished(async () => void (await must('swapoff', device)));
  await expectRefusal(given, device, /is used as swap/);
});

test('a source that a virtual machine writes is refused', async () => {
  requireTool('qemu-nbd');
  const given = await setting();
  await qemuNbd('raw', given.source);
  await expectRefusal(given, given.source, /virtual machines do that write it/);
});

test("a source that is the target of another Diskwright's job is refused", async () => {
  requireTool('nbdkit');
  const given = await setting();
  const unknown = join(given.scratch, 'unknown.img');
  await makeImage(unknown, SIZE, 0x5a);
  const { uri } = await nbdkit('--filter=delay', 'file', unknown, 'rdelay=500ms');
  const written = join(given.scratch, 'written.img');
  await makeImage(written, SIZE);
  await startCli(['clone', 'disk', uri, written, '--yes'], { home: join(given.scratch, 'other') }).shows(/^job /m);
  await expectRefusal(given, written, /holds a write lock/);
});
