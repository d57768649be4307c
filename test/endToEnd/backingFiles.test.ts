/** qcow2 images that rest on images of other formats, which other plugins read; QEMU is the oracle. */
import { randomBytes } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, open, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { Host } from '../../core/src/host/host';
import { differencing } from '../../plugins/image-vhd/src/testing/differencing';
import { startHost } from '../support/hostHere';
import { must } from '../support/tool';
import { requireTool } from '../support/tools';

const MIB = 1024 * 1024;
/** No whole number of sectors of 4096 bytes. */
const SIZE = 2 * MIB + 1536;

let folder: string;
let host: Host;
const path = (name: string): string => join(folder, name);

beforeAll(async () => {
  requireTool('qemu-img', 'qemu-io');
  folder = await mkdtemp(join(tmpdir(), 'diskwright-'));
  const file = await open(path('plain.img'), 'w');
  await file.truncate(SIZE);
  for (let at = 0; at < SIZE; at += MIB) await file.write(randomBytes(300_001), 0, Math.min(300_001, SIZE - at), at);
  await file.close();
  await mkdir(path('home'), { mode: 0o700 });
  host = await startHost(path('home'));
});
afterAll(async () => {
  await host?.dispose();
  await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
});

/** An image of 4 MiB that rests on another, and has some bytes of its own. */
async function over(base: string, format: string, name = 'top.qcow2'): Promise<string> {
  const top = path(name);
  await must('qemu-img', 'create', '-q', '-f', 'qcow2', '-b', base, '-F', format, top, '4M');
  await must('qemu-io', '-f', 'qcow2', '-c', 'write -P 9 1200k 5k', '-c', 'write -z 1536k 64k', '-c', 'write -P 3 3M 300k', top);
  return top;
}

/** All that Diskwright reads of an image. */
async function contentOf(image: string): Promise<Buffer> {
  const { deviceId, size } = await host.devices.open(image);
  try {
    return await host.devices.peek(deviceId, 0, size);
  } finally {
    await host.devices.rest(deviceId);
  }
}

/** What Diskwright reads of an image is what QEMU does. */
async function expectRead(image: string): Promise<void> {
  await must('qemu-img', 'convert', '-O', 'raw', image, path('whole.img'));
  expect((await contentOf(image)).equals(await readFile(path('whole.img')))).toBe(true);
}

test.each([
  ['vmdk', 'subformat=monolithicSparse'],
  ['vmdk', 'subformat=twoGbMaxExtentFlat'],
  ['vhdx', 'subformat=dynamic'],
  ['vpc', 'subformat=dynamic,force_size=on'],
  ['vdi', 'static=off'],
])('one of %s, %s', async (format, options) => {
  await must('qemu-img', 'convert', '-f', 'raw', '-O', format, '-o', options, path('plain.img'), path('base.img'));
  await expectRead(await over('base.img', format));
});

test('a chain of qcow2 on qcow2, on VMDK on VMDK in a folder below, whose parent lies above', async () => {
  await mkdir(path('below'));
  await must('qemu-img', 'convert', '-f', 'raw', '-O', 'vmdk', path('plain.img'), path('parent.vmdk'));
  await must('qemu-img', 'create', '-q', '-f', 'vmdk', '-b', '../parent.vmdk', '-F', 'vmdk', path('below/child.vmdk'));
  await must('qemu-io', '-f', 'vmdk', '-c', 'write -P 5 700k 200k', path('below/child.vmdk'));
  await over('below/child.vmdk', 'vmdk', 'middle.qcow2');
  await expectRead(await over('middle.qcow2', 'qcow2'));
  // Of an image alone that lies below, what lies above is no business.
  await expect(host.devices.open(path('below/child.vmdk'))).rejects.toMatchObject({
    code: 'InvalidInput',
    message: expect.stringContaining('parent.vmdk, which is not there'),
  });
});

test('a differencing VHD, whose parent is read from the folder of the named image only', async () => {
  await must('qemu-img', 'convert', '-f', 'raw', '-O', 'vpc', '-o', 'force_size=on', path('plain.img'), path('parent.vhd'));
  const own = randomBytes(5 * 512);
  const child = differencing(await readFile(path('parent.vhd')), 'parent.vhd', { sector: 1000, bytes: own });
  await writeFile(path('child.vhd'), child);
  // QEMU reads no such disk, and names it all the same.
  const top = path('top.qcow2');
  await must('qemu-img', 'create', '-q', '-u', '-f', 'qcow2', '-b', 'child.vhd', '-F', 'vpc', top, '4M');
  const whole = Buffer.concat([await readFile(path('plain.img')), Buffer.alloc(4 * MIB - SIZE)]);
  own.copy(whole, 1000 * 512);
  expect((await contentOf(top)).equals(whole)).toBe(true);
  const elsewhere = await mkdtemp(join(tmpdir(), 'diskwright-'));
  onTestFinished(() => rm(elsewhere, { recursive: true }));
  await rename(path('parent.vhd'), join(elsewhere, 'parent.vhd'));
  await symlink(join(elsewhere, 'parent.vhd'), path('parent.vhd'));
  for (const image of [top, path('child.vhd')])
    await expect(host.devices.open(image)).rejects.toMatchObject({
      code: 'Refused',
      message: expect.stringContaining('does not lie in its folder'),
    });
});

test('what is not of the format that the header names, or not beside the image, is refused', async () => {
  await must('qemu-img', 'convert', '-f', 'raw', '-O', 'vhdx', path('plain.img'), path('base.img'));
  const top = await over('base.img', 'vhdx');
  await must('qemu-img', 'convert', '-f', 'raw', '-O', 'vdi', path('plain.img'), path('base.img'));
  await expect(host.devices.open(top)).rejects.toMatchObject({
    code: 'InvalidInput',
    message: expect.stringContaining(`${path('base.img')} is no image of the type vhdx`),
  });
  await copyFile(path('plain.img'), path('base.img'));
  await expect(host.devices.open(top)).rejects.toMatchObject({ code: 'InvalidInput' });
  await rename(path('base.img'), path('home/base.img'));
  await expect(host.devices.open(top)).rejects.toMatchObject({ message: expect.stringContaining('which is not there') });
});
