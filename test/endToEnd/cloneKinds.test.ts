/** Clones of other kinds of disks, and between other kinds of devices. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cli, cliJson } from '../support/cli';
import { exportDevice } from '../support/nbdExport';
import { nbdkit } from '../support/nbdServer';
import { copyInto, extractPartition, hashFiles, hashTree, makeImage, makeSampleDisk, makeTree, MIB } from '../support/sampleDisk';
import { scratchFolder } from '../support/scratch';
import { must, tool } from '../support/tool';
import { requireRoot, requireTool } from '../support/tools';

test('an MBR disk with logical partitions, swap and something unknown', async () => {
  requireTool('sfdisk', 'mkfs.ext4', 'mkswap', 'e2fsck', 'blkid');
  const scratch = await scratchFolder();
  const source = join(scratch, 'source.img');
  await makeImage(source, 120 * MIB);
  const script = `${source}.sfdisk`;
  await writeFile(
    script,
    'label: dos\nstart=1MiB, size=40MiB, type=83, bootable\nstart=41MiB, type=5\nstart=42MiB, size=30MiB, type=82\nstart=73MiB, size=20MiB, type=8e\n',
  );
  await must('sh', '-c', `sfdisk --quiet '${source}' < '${script}'`);
  const tree = join(scratch, 'tree');
  await mkdir(tree);
  const files = await makeTree(tree);
  const parts = [join(scratch, 'p1'), join(scratch, 'p5'), join(scratch, 'p6')] as const;
  await makeImage(parts[0], 40 * MIB);
  await must('mkfs.ext4', '-q', '-F', '-d', tree, parts[0]);
  await makeImage(parts[1], 30 * MIB, 0x33);
  await must('mkswap', parts[1]);
  await makeImage(parts[2], 20 * MIB, 0x77);
  await copyInto(parts[0], source, 1 * MIB);
  await copyInto(parts[1], source, 42 * MIB);
  await copyInto(parts[2], source, 73 * MIB);
  const target = join(scratch, 'target.img');
  await makeImage(target, 140 * MIB, 0xa5);

  const result = await cli(['clone', 'disk', source, target, '--layout', 'fit', '--yes'], { home: join(scratch, 'home') });

  expect(result.status, result.stderr).toBe(0);
  await must('sfdisk', '--verify', target);
  const table = JSON.parse(await must('sfdisk', '--json', target)) as {
    partitiontable: { partitions: { start: number; size: number; type: string }[] };
  };
  expect(table.partitiontable.partitions.map(({ start, type }) => [start / 2048, type])).toEqual([
    [1, '83'],
    [41, '5'],
    [42, '82'],
    [73, '8e'],
  ]);
  expect(table.partitiontable.partitions[3]!.size).toBe((140 - 73) * 2048);
  const ext4 = await extractPartition(target, { start: MIB, size: 40 * MIB }, join(scratch, 'judged.img'));
  await must('e2fsck', '-fn', ext4);
  expect(Object.fromEntries(await hashFiles(ext4, 'ext4', scratch))).toEqual(Object.fromEntries(files));
  const swap = await extractPartition(target, { start: 42 * MIB, size: 30 * MIB }, join(scratch, 'judged.img'));
  expect(await must('blkid', '-p', swap)).toContain('TYPE="swap"');
  // Of swap only the header is copied: the rest keeps what was on the target.
  expect((await tool('cmp', '-n', String(MIB), '-i', String(8 * MIB), swap, parts[1])).status).toBe(1);
  const unknown = await extractPartition(target, { start: 73 * MIB, size: 20 * MIB }, join(scratch, 'judged.img'));
  await must('cmp', '-n', String(20 * MIB), unknown, parts[2]);
});

test('a disk without a table that is one filesystem', async () => {
  requireTool('mkfs.fat', 'fsck.fat', 'mcopy');
  const scratch = await scratchFolder();
  const source = join(scratch, 'source.img');
  await makeImage(source, 40 * MIB);
  await must('mkfs.fat', source);
  await writeFile(join(scratch, 'file.txt'), 'on a stick without partitions');
  await must('mcopy', '-i', source, join(scratch, 'file.txt'), '::/');
  const target = join(scratch, 'target.img');
  await makeImage(target, 50 * MIB, 0xa5);

  const result = await cli(['clone', 'disk', source, target, '--yes'], { home: join(scratch, 'home') });

  expect(result.status, result.stderr).toBe(0);
  await must('fsck.fat', '-n', target);
  expect((await hashFiles(target, 'vfat', scratch)).size).toBe(1);
});

test('an exFAT partition that moves: of it only what is used', async () => {
  requireRoot();
  requireTool('sfdisk', 'mkfs.exfat', 'fsck.exfat', 'mount.exfat-fuse');
  const scratch = await scratchFolder();
  const source = join(scratch, 'source.img');
  await makeImage(source, 100 * MIB);
  const script = `${source}.sfdisk`;
  await writeFile(script, 'label: gpt\nstart=8MiB, size=60MiB, type=EBD0A0A2-B9E5-4433-87C0-68B6B72699C7\n');
  await must('sh', '-c', `sfdisk --quiet '${source}' < '${script}'`);
  const volume = join(scratch, 'volume.img');
  await makeImage(volume, 60 * MIB);
  await must('mkfs.exfat', '-L', 'Stick', volume);
  const files = await onExfat(volume, scratch, (folder) => makeTree(folder));
  // What was deleted stays on the source, in its free clusters.
  await onExfat(volume, scratch, (folder) => writeFile(join(folder, 'deleted'), Buffer.alloc(20 * MIB, 0x5a)));
  await onExfat(volume, scratch, (folder) => rm(join(folder, 'deleted')));
  await copyInto(volume, source, 8 * MIB);
  const target = join(scratch, 'target.img');
  await makeImage(target, 120 * MIB, 0xa5);

  const result = await cli(['clone', 'disk', source, target, '--yes'], { home: join(scratch, 'home') });

  expect(result.status, result.stderr).toBe(0);
  const copy = await extractPartition(target, { start: 8 * MIB, size: 60 * MIB }, join(scratch, 'judged.img'));
  expect(await must('fsck.exfat', '-n', copy)).toContain('clean.');
  const found = await onExfat(copy, scratch, (folder) => hashTree(folder, ''));
  expect(Object.fromEntries(found)).toEqual(Object.fromEntries(files));
  expect((await readFile(copy)).includes(Buffer.alloc(4096, 0x5a))).toBe(false);
});

test('a btrfs partition with a snapshot that moves: of it only what is used, and with both copies of its metadata', async () => {
  requireRoot();
  requireTool('sfdisk', 'mkfs.btrfs', 'btrfs');
  const scratch = await scratchFolder();
  const source = join(scratch, 'source.img');
  await makeImage(source, 320 * MIB);
  const script = `${source}.sfdisk`;
  await writeFile(script, 'label: gpt\nstart=8MiB, size=280MiB, type=linux\n');
  await must('sh', '-c', `sfdisk --quiet '${source}' < '${script}'`);
  const volume = join(scratch, 'volume.img');
  await makeImage(volume, 280 * MIB);
  await must('mkfs.btrfs', '-q', '-L', 'Home', volume);
  const options = 'loop,compress=zstd';
  const files = await onMounted(volume, 'btrfs', options, scratch, async (folder) => {
    await must('btrfs', 'subvolume', 'create', join(folder, 'home'));
    await makeTree(join(folder, 'home'));
    await must('btrfs', 'subvolume', 'snapshot', join(folder, 'home'), join(folder, 'snapshot'));
    await writeFile(join(folder, 'home', 'behind the snapshot'), 'compressible '.repeat(50_000));
    return hashTree(folder, '');
  });
  await copyInto(volume, source, 8 * MIB);
  const target = join(scratch, 'target.img');
  await makeImage(target, 350 * MIB, 0xa5);

  const result = await cli(['clone', 'disk', source, target, '--yes'], { home: join(scratch, 'home') });

  expect(result.status, result.stderr).toBe(0);
  const copy = await extractPartition(target, { start: 8 * MIB, size: 280 * MIB }, join(scratch, 'judged.img'));
  await must('btrfs', 'check', '--readonly', '--check-data-csum', copy);
  expect((await readFile(copy)).includes(Buffer.alloc(MIB, 0xa5))).toBe(true);
  // The kernel would take two devices of one UUID for one.
  await rm(volume);
  const found = await onMounted(copy, 'btrfs', `${options},ro`, scratch, (folder) => hashTree(folder, ''));
  expect(Object.fromEntries(found)).toEqual(Object.fromEntries(files));
});

const onExfat = <T>(image: string, scratch: string, work: (folder: string) => Promise<T>): Promise<T> =>
  onMounted(image, 'exfat-fuse', 'loop', scratch, work);

async function onMounted<T>(
  image: string,
  type: string,
  options: string,
  scratch: string,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = join(scratch, 'mounted');
  await mkdir(folder, { recursive: true });
  await must('mount', '-t', type, '-o', options, image, folder);
  try {
    return await work(folder);
  } finally {
    await must('umount', folder);
  }
}

test('a disk that nobody knows is copied whole', async () => {
  const scratch = await scratchFolder();
  const source = join(scratch, 'source.img');
  await makeImage(source, 12 * MIB, 0x5c);
  const target = join(scratch, 'target.img');
  await makeImage(target, 12 * MIB, 0xa5);

  const result = await cli(['clone', 'disk', source, target, '--yes'], { home: join(scratch, 'home') });

  expect(result.status, result.stderr).toBe(0);
  await must('cmp', source, target);
});

test('from an overlay onto a disk', async () => {
  requireTool('sfdisk', 'mkfs.fat', 'mkfs.ext4', 'mcopy', 'e2fsck');
  const scratch = await scratchFolder();
  const home = join(scratch, 'home');
  const disk = await makeSampleDisk(join(scratch, 'source.img'), scratch);
  await makeImage(join(scratch, 'never-written.img'), 200 * MIB, 0xa5);
  const { overlay } = await cliJson<{ overlay: string }>(
    ['clone', 'disk', disk.path, join(scratch, 'never-written.img'), '--simulate'],
    { home },
  );
  const target = join(scratch, 'target.img');
  await makeImage(target, 200 * MIB, 0x11);

  const result = await cli(['clone', 'disk', overlay, target, '--yes'], { home });

  expect(result.status, result.stderr).toBe(0);
  const image = await extractPartition(target, disk.partitions[1]!, join(scratch, 'judged.img'));
  await must('e2fsck', '-fn', image);
  expect(Object.fromEntries(await hashFiles(image, 'ext4', scratch))).toEqual(Object.fromEntries(disk.files));
});

test('from an NBD export to an NBD server', async () => {
  requireTool('sfdisk', 'mkfs.fat', 'mkfs.ext4', 'mcopy', 'nbdkit', 'e2fsck');
  const scratch = await scratchFolder();
  const home = join(scratch, 'home');
  const disk = await makeSampleDisk(join(scratch, 'source.img'), scratch);
  const from = await exportDevice(disk.path, home, scratch);
  const target = join(scratch, 'target.img');
  await makeImage(target, 200 * MIB, 0xa5);
  const server = await nbdkit('file', target);

  const result = await cli(['clone', 'disk', from, server.uri, '--yes'], { home });
  await server.kill();

  expect(result.status, result.stderr).toBe(0);
  await must('sfdisk', '--verify', target);
  const image = await extractPartition(target, disk.partitions[1]!, join(scratch, 'judged.img'));
  await must('e2fsck', '-fn', image);
  expect(Object.fromEntries(await hashFiles(image, 'ext4', scratch))).toEqual(Object.fromEntries(disk.files));
});
