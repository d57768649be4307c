import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { link, mkdir, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { OpenedNode } from '../../core/src/sector/contracts';
import { Claims } from '../../core/src/sector/leases/claimRegistry';
import { openForWriting } from '../../core/src/sector/nodes/openForWriting';
import { openNode } from '../../core/src/sector/nodes/openNode';
import { listDevices } from '../../core/src/sector/platform/enumerateLinux';
import { folderLiesOn, sameStorage } from '../../core/src/sector/platform/sameStorageLinux';
import { findUsage } from '../../core/src/sector/platform/usageLinux';
import { projectFolder } from '../support/cli';
import { addPartitions, loopDevice } from '../support/loopDevice';
import { qemuNbd } from '../support/nbdServer';
import { scratchFolder } from '../support/scratch';
import { must, tool } from '../support/tool';
import { requireRoot, requireTool } from '../support/tools';

const MiB = 1024 * 1024;
const rights = { elevated: false, overlays: null };
const lockedByAnother = { code: 'Refused', message: expect.stringMatching(/locked by another program/) };

async function image(size = 64 * MiB): Promise<string> {
  const path = join(await scratchFolder(), 'disk.img');
  await writeFile(path, '');
  await truncate(path, size);
  return path;
}

async function opened(path: string): Promise<OpenedNode> {
  const found = await openNode(path, rights);
  onTestFinished(() => found.node.dispose());
  return found;
}

/** Everything that stands against writing it. */
async function usage(path: string): Promise<string[]> {
  return (await findUsage(path, (await opened(path)).storage)).map(({ text }) => text);
}

/** What of it stands against reading it as a source, too. */
async function writers(path: string): Promise<string[]> {
  return (await findUsage(path, (await opened(path)).storage)).flatMap(({ text, writes }) => (writes ? [text] : []));
}

async function same(a: string, b: string): Promise<string | null> {
  const [first, second] = [await opened(a), await opened(b)];
  return sameStorage({ path: a, storage: first.storage }, { path: b, storage: second.storage });
}

async function mounted(device: string, options = 'rw'): Promise<string> {
  const folder = join(await scratchFolder(), 'mount');
  await mkdir(folder);
  await must('mount', '-o', options, device, folder);
  onTestFinished(async () => void (await must('umount', folder)));
  return folder;
}

/** Partition nodes where the kernel has no parser of its own. */
async function partition(device: string): Promise<string> {
  await must('sgdisk', '-n', '1:2048:+16M', '-n', '2:40960:+16M', device);
  await addPartitions(device);
  return `${device}p1`;
}

test('a file that nobody uses is free', async () => {
  expect(await usage(await image())).toEqual([]);
});

test('hard and symbolic links are the same storage, other files are not', async () => {
  const path = await image();
  await link(path, `${path}.hard`);
  await symlink(path, `${path}.soft`);
  expect(await same(path, `${path}.hard`)).toMatch(/share storage/);
  expect(await same(path, `${path}.soft`)).toMatch(/share storage/);
  expect(await same(path, await image())).toBeNull();
});

test('a loop device over a file is the same storage, at any offset that overlaps', async () => {
  requireRoot();
  requireTool('losetup');
  const path = await image();
  const whole = await loopDevice(path);
  const head = await loopDevice(path, { sizeLimit: 16 * MiB });
  const tail = await loopDevice(path, { offset: 32 * MiB });
  expect(await same(path, whole)).toMatch(/the same file/);
  expect(await same(path, tail)).toMatch(/share storage/);
  expect(await same(whole, tail)).toMatch(/share storage/);
  expect(await same(head, tail)).toBeNull();
});

test('a partition is the same storage as its disk, and not as its neighbour', async () => {
  requireRoot();
  requireTool('losetup', 'sgdisk', 'partx');
  const path = await image();
  const disk = await loopDevice(path);
  const first = await partition(disk);
  expect(await same(first, disk)).toMatch(/share storage/);
  expect(await same(first, path)).toMatch(/share storage/);
  expect(await same(first, `${disk}p2`)).toBeNull();
});

test('a loop device makes its file used, and a mount of it both', async () => {
  requireRoot();
  requireTool('losetup', 'mkfs.ext4', 'mount');
  const path = await image();
  await must('mkfs.ext4', '-q', path);
  const device = await loopDevice(path);
  expect(await usage(path)).toEqual([expect.stringContaining(`loop device ${device} lies over`)]);
  expect(await usage(device)).toEqual([]);
  const folder = await mounted(device);
  expect(await usage(path)).toContain(`${device} is mounted at ${folder}.`);
  expect(await usage(device)).toEqual([`${device} is mounted at ${folder}.`]);
  await expect(openForWriting(device, rights)).rejects.toMatchObject({ code: 'Refused' });
});

test('a loop device whose file lost its name still stands against a hard link of it, and against no other file', async () => {
  requireRoot();
  requireTool('losetup');
  const path = await image();
  await link(path, `${path}.hard`);
  const device = await loopDevice(path, { offset: MiB });
  await rm(path);
  expect(await usage(`${path}.hard`)).toEqual([`the loop device ${device} lies over ${path} (deleted).`]);
  expect(await same(`${path}.hard`, device)).toMatch(/share storage/);
  expect(await usage(await image())).toEqual([]);
  await writeFile(path, '');
  await truncate(path, 64 * MiB);
  expect(await usage(path)).toEqual([]);
  expect(await same(path, device)).toBeNull();
});

test('a read-only loop device keeps its file from being written, not from being read', async () => {
  requireRoot();
  requireTool('losetup');
  const path = await image();
  const device = await loopDevice(path, { readOnly: true });
  expect(await usage(path)).toEqual([`the read-only loop device ${device} lies over ${path}.`]);
  expect(await writers(path)).toEqual([]);
});

test('a read-only mount keeps its device from being written, not from being read, and a mount for writing from both', async () => {
  requireRoot();
  requireTool('losetup', 'mkfs.ext4', 'mount');
  const path = await image();
  await must('mkfs.ext4', '-q', path);
  const device = await loopDevice(path, { readOnly: true });
  const folder = await mounted(device, 'ro');
  for (const asked of [path, device]) {
    expect(await usage(asked)).toContain(`${device} is mounted read-only at ${folder}.`);
    expect(await writers(asked)).toEqual([]);
  }
  const other = await image();
  await must('mkfs.ext4', '-q', other);
  const writable = await loopDevice(other);
  const place = await mounted(writable);
  for (const asked of [other, writable]) expect(await writers(asked)).toContain(`${writable} is mounted at ${place}.`);
});

test('a read-only bind mount of a filesystem that is mounted for writing does not make it one that is not written', async () => {
  requireRoot();
  requireTool('losetup', 'mkfs.ext4', 'mount');
  const path = await image();
  await must('mkfs.ext4', '-q', path);
  const device = await loopDevice(path);
  const folder = await mounted(device);
  const bound = await mounted(folder, 'bind,ro');
  expect(await writers(device)).toEqual(expect.arrayContaining([`${device} is mounted at ${bound}.`]));
});

test('a mounted partition makes its disk used, and not its neighbour', async () => {
  requireRoot();
  requireTool('losetup', 'sgdisk', 'partx', 'mkfs.ext4', 'mount');
  const disk = await loopDevice(await image());
  const first = await partition(disk);
  await must('mkfs.ext4', '-q', first);
  const folder = await mounted(first);
  expect(await usage(disk)).toEqual([`${first} is mounted at ${folder}.`]);
  expect(await usage(first)).toEqual([`${first} is mounted at ${folder}.`]);
  expect(await usage(`${disk}p2`)).toEqual([]);
  expect(listDevices().find(({ path }) => path === disk)).toMatchObject({ mounted: [folder], system: false, sectorSize: 512 });
});

test('swap on a loop device makes device and file used', async () => {
  requireRoot();
  requireTool('losetup', 'mkswap', 'swapon');
  const path = await image();
  const device = await loopDevice(path);
  await must('mkswap', device);
  await must('swapon', device);
  onTestFinished(async () => void (await must('swapoff', device)));
  expect(await usage(device)).toContain(`${device} is used as swap.`);
  expect(await usage(path)).toContain(`${device} is used as swap.`);
  expect(await writers(path)).toContain(`${device} is used as swap.`);
  expect(listDevices().find(({ path: found }) => found === device)).toMatchObject({ system: true });
});

test('a virtual machine that holds an image is found by its locks', async () => {
  requireTool('qemu-nbd');
  const path = await image();
  await link(path, `${path}.hard`);
  await qemuNbd('raw', path);
  const [program, lock] = await usage(`${path}.hard`);
  expect(program).toMatch(/^qemu-nbd \(process \d+\) has .*disk\.img\.hard open for writing\.$/);
  expect(lock).toMatch(/holds a lock.*virtual machines do that write it/);
  expect(await writers(`${path}.hard`)).toHaveLength(2);
  await expect(openForWriting(path, rights)).rejects.toMatchObject(lockedByAnother);
});

test('a virtual machine that only reads an image keeps nobody from reading it', async () => {
  requireTool('qemu-nbd');
  const path = await image();
  await qemuNbd('raw', path, '--read-only');
  expect(await usage(path)).toEqual([expect.stringMatching(/holds a lock.*virtual machines do that read it/)]);
  expect(await writers(path)).toEqual([]);
  const claim = await new Claims().claim(await opened(path), 'source', 'job');
  claim.release();
  await expect(openForWriting(path, rights)).rejects.toMatchObject({ code: 'Refused' });
});

/** Another process that keeps an image locked, as another Diskwright does, until the test ends. */
async function lockedElsewhere(path: string, type: 'read' | 'write'): Promise<void> {
  const script = `
    const module = { exports: {} };
    process.dlopen(module, process.argv[1]);
    if (!module.exports.lockFile(module.exports.open(process.argv[2], { access: process.argv[3] }), process.argv[3])) process.exit(1);
    console.log('locked');
    process.stdin.resume();`;
  const addon = join(projectFolder, 'native', 'build', 'Release', 'diskwright.node');
  const holder = spawn(process.execPath, ['-e', script, addon, path, type], { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(async () => {
    holder.stdin.end();
    await new Promise((resolve) => holder.once('close', resolve));
  });
  await new Promise((resolve) => holder.stdout.once('data', resolve));
}

test('a program that holds an image by flock is named', async () => {
  requireTool('flock');
  const path = await image();
  await lockedByFlock(path, '--exclusive');
  expect(await writers(path)).toEqual([
    expect.stringMatching(/^flock \(process \d+\) holds an exclusive lock on .*disk\.img\.$/),
  ]);
});

test('a program that has an image or its loop device open for writing is named for both, one that reads is not', async () => {
  requireRoot();
  requireTool('losetup');
  const path = await image();
  const loop = await loopDevice(path, { readOnly: true });
  await openedElsewhere(`exec 3<${path}`);
  expect(await writers(loop)).toEqual([]);
  await openedElsewhere(`exec 3<>${path}`);
  const named = expect.stringMatching(/^sh \(process \d+\) has .*disk\.img open for writing\.$/) as string;
  expect(await writers(loop)).toEqual([named]);
  expect(await writers(path)).toEqual([named]);
});

/** Another program that has opened something so, until the test ends. */
async function openedElsewhere(redirection: string): Promise<void> {
  await holding('sh', '-c', `${redirection}; echo held; read line`);
}

test("another Diskwright's target may be neither written nor be a source", async () => {
  const path = await image();
  await lockedElsewhere(path, 'write');
  expect(await usage(path)).toEqual([expect.stringMatching(/open for writing/), expect.stringMatching(/holds a write lock/)]);
  expect(await writers(path)).toHaveLength(2);
  await expect(openForWriting(path, rights)).rejects.toMatchObject(lockedByAnother);
  await expect(new Claims().claim(await opened(path), 'source', 'job')).rejects.toMatchObject({ code: 'Refused' });
});

test("another Diskwright's source may be a source, but not be written", async () => {
  const path = await image();
  await lockedElsewhere(path, 'read');
  expect(await usage(path)).toEqual([expect.stringMatching(/holds a read lock/)]);
  expect(await writers(path)).toEqual([]);
  const claim = await new Claims().claim(await opened(path), 'source', 'job');
  claim.release();
  await expect(openForWriting(path, rights)).rejects.toMatchObject({ code: 'Refused' });
});

test('a claimed source keeps qemu from writing it', async () => {
  requireTool('qemu-io');
  const path = await image();
  const claim = await new Claims().claim(await opened(path), 'source', 'job');
  expect((await tool('qemu-io', '-f', 'raw', '-c', 'write 0 512', path)).stderr).toMatch(/lock/);
  claim.release();
  await must('qemu-io', '-f', 'raw', '-c', 'write 0 512', path);
});

test('our own target is not in use by another', async () => {
  const path = await image();
  const target = await openForWriting(path, rights);
  onTestFinished(() => target.node.dispose());
  expect(await usage(path)).toEqual([]);
  await expect(openForWriting(path, rights)).rejects.toMatchObject({ code: 'Refused' });
});

test('of two partitions of a disk one may be the source and one the target of a job', async () => {
  requireRoot();
  requireTool('losetup', 'sgdisk', 'partx');
  const disk = await loopDevice(await image());
  const first = await partition(disk);
  const claim = await new Claims().claim(await opened(first), 'source', 'job');
  const target = await openForWriting(`${disk}p2`, rights);
  await target.node.dispose();
  claim.release();
  expect(await usage(first)).toEqual([]);
});

/** Another process that keeps a disk or file locked, as udev and other Diskwrights do with disks, until the test ends. */
async function lockedByFlock(path: string, type: '--exclusive' | '--shared'): Promise<void> {
  requireTool('flock');
  await holding('flock', type, path, 'sh', '-c', 'echo held; read line');
}

/** A program that says when it holds something, and lets go of it when its input ends, with the test. */
async function holding(program: string, ...arguments_: string[]): Promise<void> {
  const holder = spawn(program, arguments_, { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(async () => {
    holder.stdin.end();
    await new Promise((resolve) => holder.once('close', resolve));
  });
  await new Promise((resolve) => holder.stdout.once('data', resolve));
}

test('a lock of one who reads keeps a disk from being written, not from being read', async () => {
  requireRoot();
  requireTool('losetup');
  const disk = await loopDevice(await image());
  await lockedByFlock(disk, '--shared');
  expect(await usage(disk)).toEqual([`the disk ${disk} is locked by another program that reads it.`]);
  expect(await writers(disk)).toEqual([]);
  const claim = await new Claims().claim(await opened(disk), 'source', 'job');
  claim.release();
  await expect(openForWriting(disk, rights)).rejects.toMatchObject({ code: 'Refused' });
});

test('a lock on the whole disk keeps its partition from being written', async () => {
  requireRoot();
  requireTool('losetup', 'sgdisk', 'partx');
  const disk = await loopDevice(await image());
  const first = await partition(disk);
  await lockedByFlock(disk, '--exclusive');
  expect(await usage(first)).toEqual([`the disk ${disk} is locked by another program.`]);
  expect(await writers(first)).toHaveLength(1);
  await expect(openForWriting(first, rights)).rejects.toMatchObject(lockedByAnother);
});

test.skipIf(!existsSync('/proc/mdstat'))('a device that the kernel builds another on is held (needs md)', async () => {
  requireRoot();
  requireTool('losetup', 'mdadm');
  const devices = [await loopDevice(await image()), await loopDevice(await image())];
  const array = '/dev/md/diskwright-test';
  await must('mdadm', '--create', array, '--run', '--level=1', '--raid-devices=2', '--metadata=1.2', ...devices);
  onTestFinished(async () => void (await must('mdadm', '--stop', array)));
  expect((await usage(devices[0]!))[0]).toMatch(/is part of \/dev\/md/);
  expect(await same(devices[0]!, array)).toMatch(/share storage/);
});

test("a file on a filesystem on a device is the device's, and so is its folder", async () => {
  requireRoot();
  requireTool('losetup', 'mkfs.ext4', 'mount');
  const device = await loopDevice(await image());
  await must('mkfs.ext4', '-q', device);
  const folder = await mounted(device);
  const inner = join(folder, 'inner.img');
  await writeFile(inner, Buffer.alloc(MiB));
  expect(await same(inner, device)).toMatch(/is a file on a filesystem that lies on/);
  const { storage } = await opened(device);
  expect(folderLiesOn(folder, { path: device, storage })).toMatch(/lies on/);
  expect(folderLiesOn('/proc', { path: device, storage })).toBeNull();
});

test('what was written to a partition is read from its disk at once, and the other way round', async () => {
  requireRoot();
  requireTool('losetup', 'sgdisk', 'partx');
  const path = await image();
  const disk = await loopDevice(path);
  const first = await partition(disk);
  await (await opened(disk)).node.read(MiB, 4096);
  await must('dd', 'if=/dev/zero', 'bs=4096', 'count=1', `of=${first}`, 'conv=notrunc', 'status=none');
  await must('sh', '-c', `printf marker | dd of=${first} conv=notrunc status=none`);
  expect((await (await opened(disk)).node.read(MiB, 6)).toString()).toBe('marker');
  expect((await (await opened(path)).node.read(MiB, 6)).toString()).toBe('marker');
});

test('a device with other sectors than 512 and 4096 bytes is refused', async () => {
  requireRoot();
  requireTool('losetup');
  const device = await loopDevice(await image(), { sectorSize: 2048 });
  await expect(openNode(device, rights)).rejects.toMatchObject({
    code: 'NotSupported',
    message: expect.stringMatching(/sectors of 2048 bytes/),
  });
});

test('a 4096-byte device has its own sector size, which nothing overrules', async () => {
  requireRoot();
  requireTool('losetup');
  const device = await loopDevice(await image(), { sectorSize: 4096 });
  expect((await opened(device)).node.sectorSize).toBe(4096);
  await expect(openNode(device, rights, { sectorSize: 512 })).rejects.toMatchObject({ code: 'InvalidInput' });
});

test('of a file the bytes beyond its last whole sector are left out, with a note', async () => {
  const path = await image(MiB + 100);
  const found = await opened(path);
  expect(found.node.size).toBe(MiB);
  expect(found.notes).toEqual([expect.stringMatching(/100 bytes at its end/)]);
});
