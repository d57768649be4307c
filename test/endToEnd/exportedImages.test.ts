/** Every image format by other programs: what Diskwright serves of an image is what QEMU, Partclone or the compressor reads of it. */
import { randomBytes } from 'node:crypto';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { exportDevice } from '../support/nbdExport';
import { scratchFolder } from '../support/scratch';
import { must, PARTCLONE_AT_ONCE, sha256OfFile } from '../support/tool';
import { requireTool } from '../support/tools';

const MIB = 1024 * 1024;
const SIZE = 24 * MIB;

/** A place with the disk `plain.img`: data, holes, and a start that no format knows. */
async function place(): Promise<{ folder: string; home: string; plain: string }> {
  requireTool('qemu-img', 'nbdcopy');
  const folder = await scratchFolder();
  const plain = join(folder, 'plain.img');
  const file = await open(plain, 'w');
  await file.truncate(SIZE);
  for (let at = 0; at < SIZE; at += 5 * MIB) await file.write(randomBytes(300_001), 0, 300_001, at + 77);
  await file.close();
  return { folder, home: join(folder, 'home'), plain };
}

/** What nbdcopy gets of the image has the digest of `whole`; QEMU, reading the export at its own pace, finds the same. */
async function expectServed(image: string, whole: string, home: string, folder: string): Promise<void> {
  const uri = await exportDevice(image, home, folder);
  const copied = join(folder, 'copied.img');
  await must('nbdcopy', uri, copied);
  expect(await sha256OfFile(copied)).toBe(await sha256OfFile(whole));
  expect(await must('qemu-img', 'compare', '-f', 'raw', '-F', 'raw', uri, whole)).toContain('Images are identical.');
}

describe('images that QEMU writes', () => {
  const FORMATS: [format: string, ending: string, options: string][] = [
    ['qcow2', 'qcow2', 'compat=1.1'],
    ['qcow2', 'qcow2', 'compat=0.10'],
    ['qcow2', 'qcow2', 'extended_l2=on,cluster_size=128k'],
    ['qcow2', 'qcow2', 'cluster_size=512'],
    ['vpc', 'vhd', 'subformat=dynamic,force_size=on'],
    ['vpc', 'vhd', 'subformat=fixed,force_size=on'],
    ['vhdx', 'vhdx', 'subformat=dynamic'],
    ['vhdx', 'vhdx', 'subformat=fixed'],
    ['vdi', 'vdi', 'static=off'],
    ['vdi', 'vdi', 'static=on'],
    ['vmdk', 'vmdk', 'subformat=monolithicSparse'],
    ['vmdk', 'vmdk', 'subformat=monolithicFlat'],
    ['vmdk', 'vmdk', 'subformat=twoGbMaxExtentSparse'],
    ['vmdk', 'vmdk', 'subformat=twoGbMaxExtentFlat'],
    ['vmdk', 'vmdk', 'subformat=streamOptimized'],
  ];

  test.each(FORMATS)('%s in .%s with %s', async (format, ending, options) => {
    const { folder, home, plain } = await place();
    const image = join(folder, `disk.${ending}`);
    await must('qemu-img', 'convert', '-O', format, '-o', options, plain, image);
    const whole = join(folder, 'whole.img');
    await must('qemu-img', 'convert', '-f', format, '-O', 'raw', image, whole);
    await expectServed(image, whole, home, folder);
  });
});

test.each(['qcow2', 'vmdk'])('a chain of three %s images', async (format) => {
  const { folder, home, plain } = await place();
  const names = ['base', 'middle', 'top'].map((name) => `${name}.${format}`);
  const [base, ...others] = names.map((name) => join(folder, name));
  await must('qemu-img', 'convert', '-O', format, plain, base!);
  for (const [index, image] of others.entries()) {
    await must('qemu-img', 'create', '-q', '-f', format, '-b', names[index]!, '-F', format, image);
    await must('qemu-io', '-f', format, '-c', `write -P ${index + 1} ${index * MIB + 3000 * 512} 1536k`, image);
  }
  const whole = join(folder, 'whole.img');
  await must('qemu-img', 'convert', '-f', format, '-O', 'raw', others[1]!, whole);
  await expectServed(others[1]!, whole, home, folder);
});

test.each(['gzip', 'zstd', 'xz'])('an image within %s', async (tool) => {
  requireTool(tool);
  const { folder, home, plain } = await place();
  const packed = join(folder, 'disk.img.packed');
  await must('sh', '-c', `${tool} -1 -c ${plain} > ${packed}`);
  await expectServed(packed, plain, home, folder);
});

test('a Partclone image', async () => {
  requireTool('partclone.ext4', 'partclone.restore', 'mkfs.ext4');
  const { folder, home, plain } = await place();
  await must('mkfs.ext4', '-q', '-F', plain);
  const [image, whole, log] = ['volume.ptcl', 'whole.img', 'log'].map((name) => join(folder, name)) as [string, string, string];
  await must('partclone.ext4', ...PARTCLONE_AT_ONCE, '-c', '-F', '-L', log, '-s', plain, '-o', image);
  await must('truncate', '-s', `${SIZE}`, whole);
  await must('partclone.restore', ...PARTCLONE_AT_ONCE, '-O', '-C', '-L', log, '-s', image, '-o', whole);
  await expectServed(image, whole, home, folder);
});
