/** Image files open as the disks that they hold, in every command; QEMU's tools are the oracle. */
import { randomBytes } from 'node:crypto';
import { open, readdir, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cli, cliJson } from '../support/cli';
import { scratchFolder } from '../support/scratch';
import { must, PARTCLONE_AT_ONCE, sha256OfFile } from '../support/tool';
import { requireTool } from '../support/tools';

const MIB = 1024 * 1024;
const SIZE = 24 * MIB;

interface Layout {
  device: { path: string; size: number };
  volume: { type: string; label: string } | null;
}

/** An ext4 volume with bytes that compress badly here and there, as plain file and as qcow2. */
async function images(...options: string[]): Promise<{ home: string; folder: string; raw: string; qcow: string }> {
  requireTool('qemu-img', 'mkfs.ext4');
  const folder = await scratchFolder();
  const [raw, qcow] = [join(folder, 'plain.img'), join(folder, 'disk.qcow2')];
  await makeVolume(raw);
  await must('qemu-img', 'convert', '-f', 'raw', '-O', 'qcow2', ...options, raw, qcow);
  return { home: join(folder, 'home'), folder, raw, qcow };
}

/** A target, full of what was there before. */
async function blank(folder: string): Promise<string> {
  const path = join(folder, 'copy.img');
  await writeFile(path, Buffer.alloc(SIZE, 0xa5));
  return path;
}

async function makeVolume(path: string): Promise<void> {
  const file = await open(path, 'w');
  await file.truncate(SIZE);
  for (let at = 3 * MIB; at < SIZE; at += 5 * MIB) await file.write(randomBytes(300_000), 0, 300_000, at);
  await file.close();
  await must('mkfs.ext4', '-q', '-F', '-L', 'inside', path);
}

test('a qcow2 image has the layout of its disk', async () => {
  const { qcow, ...options } = await images();
  const layout = await cliJson<Layout>(['layout', qcow], options);
  expect(layout.device).toMatchObject({ path: qcow, size: SIZE });
  expect(layout.volume).toMatchObject({ type: 'ext4', label: 'inside' });
});

test('with "raw:" before its name it is the file itself', async () => {
  const { qcow, ...options } = await images();
  const { stdout } = await cli(['sectors', `raw:${qcow}`, '--length', '16'], options);
  expect(stdout).toContain('51 46 49 fb');
});

// zstd is WebAssembly within the plugin's sandbox, and its memory limit, where Node has none.
test.each(['zlib', 'zstd'])('a clone of an image that is compressed by %s has its bytes', async (compression) => {
  const { qcow, raw, folder, ...options } = await images('-c', '-o', `compression_type=${compression}`);
  const target = await blank(folder);
  const { status, stderr } = await cli(['clone', 'disk', qcow, target, '--all-sectors', '--yes'], options);
  expect({ status, stderr }).toMatchObject({ status: 0 });
  expect(await sha256OfFile(target)).toBe(await sha256OfFile(raw));
});

test('an image is no target, but the file is', async () => {
  const { qcow, raw, ...options } = await images();
  const refused = await cli(['clone', 'disk', raw, qcow, '--yes'], options);
  expect(refused).toMatchObject({ status: 3, stderr: expect.stringContaining(`raw:${qcow}`) });
});

test('a backing file is read, from the folder of the image only', async () => {
  const { qcow, folder, ...options } = await images();
  const top = join(folder, 'top.qcow2');
  await must('qemu-img', 'create', '-q', '-f', 'qcow2', '-b', qcow, '-F', 'qcow2', top);
  expect((await cliJson<Layout>(['layout', top], options)).volume).toMatchObject({ label: 'inside' });
  const elsewhere = join(await scratchFolder(), 'disk.qcow2');
  await rename(qcow, elsewhere);
  const gone = await cli(['layout', top], options);
  expect(gone).toMatchObject({ status: 2, stderr: expect.stringContaining('which is not there') });
  await symlink(elsewhere, qcow);
  const led = await cli(['layout', top], options);
  expect(led).toMatchObject({ status: 3, stderr: expect.stringContaining('does not lie in its folder') });
});

test('a snapshot is opened by its name', async () => {
  const { qcow, raw, folder, ...options } = await images();
  requireTool('qemu-io');
  await must('qemu-img', 'snapshot', '-c', 'before', qcow);
  await must('qemu-io', '-f', 'qcow2', '-c', `write -P 0 0 ${SIZE}`, qcow);
  expect((await cliJson<Layout>(['layout', qcow], options)).volume).toBeNull();
  const target = await blank(folder);
  expect(await cli(['clone', 'disk', `${qcow}@before`, target, '--all-sectors', '--yes'], options)).toMatchObject({ status: 0 });
  expect(await sha256OfFile(target)).toBe(await sha256OfFile(raw));
  const wrong = await cli(['layout', `${qcow}@never`], options);
  expect(wrong).toMatchObject({ status: 2, stderr: expect.stringContaining('before') });
});

test('a simulated clone of an image shows its content, also later', async () => {
  const { qcow, folder, ...options } = await images();
  const [target, plan] = [await blank(folder), join(folder, 'plan.json')];
  await cli(['clone', 'disk', qcow, target, '--plan', plan], options);
  const { overlay } = await cliJson<{ overlay: string }>(['plan', 'simulate', plan], options);
  expect((await cliJson<Layout>(['layout', overlay], options)).volume).toMatchObject({ label: 'inside' });
});

test('a damaged image says so, and how to see its bytes', async () => {
  const { qcow, ...options } = await images();
  const file = await open(qcow, 'r+');
  // The L1 table would lie outside of the file.
  await file.write(Buffer.from('0000ffffffff0000', 'hex'), 0, 8, 40);
  await file.close();
  const { status, stderr } = await cli(['layout', qcow], options);
  expect(status).toBe(1);
  expect(stderr).toContain('L1 table');
  expect(stderr).toContain(`raw:${qcow}`);
});

/** Asks for the label of the volume that a disk holds. */
async function labelIn(path: string, options: { home: string }): Promise<string | undefined> {
  return (await cliJson<Layout>(['layout', path], options)).volume?.label;
}

test.each(['vmdk', 'vhdx', 'vpc', 'vdi'])('an image of QEMU’s kind %s has the layout of its disk', async (kind) => {
  const { raw, folder, home } = await images();
  const path = join(folder, `disk.${kind}`);
  await must('qemu-img', 'convert', '-f', 'raw', '-O', kind, raw, path);
  expect(await labelIn(path, { home })).toBe('inside');
});

test('a disk in parts is opened by its first', async () => {
  const { raw, folder, home } = await images();
  await must('split', '-b', '7M', '--numeric-suffixes=1', '-a', '3', raw, join(folder, 'parts.'));
  expect(await labelIn(join(folder, 'parts.001'), { home })).toBe('inside');
  const target = await blank(folder);
  expect(await cli(['clone', 'disk', join(folder, 'parts.001'), target, '--all-sectors', '--yes'], { home })).toMatchObject({
    status: 0,
  });
  expect(await sha256OfFile(target)).toBe(await sha256OfFile(raw));
});

test.each([
  ['gzip', '.gz'],
  ['zstd', '.zst'],
  ['xz', '.xz'],
])('an image that is compressed by %s is decompressed once, and a copy kept', async (tool, ending) => {
  requireTool(tool);
  const { qcow, folder, raw, home } = await images();
  await must(tool, '-k', '-q', ...(tool === 'zstd' ? [] : ['-1']), qcow);
  const path = `${qcow}${tool === 'gzip' ? '.gz' : ending}`;
  expect(await labelIn(path, { home })).toBe('inside');
  const kept = await readdir(join(home, 'images'));
  expect(kept).toHaveLength(2);
  const target = await blank(folder);
  expect(await cli(['clone', 'disk', path, target, '--all-sectors', '--yes'], { home })).toMatchObject({ status: 0 });
  expect(await sha256OfFile(target)).toBe(await sha256OfFile(raw));
  expect(await readdir(join(home, 'images'))).toEqual(kept);
});

test('a volume as Clonezilla keeps it, compressed and in parts, opens as that volume', async () => {
  requireTool('partclone.ext4', 'gzip', 'split');
  const { raw, folder, home } = await images();
  const [plain, stem] = [join(folder, 'ptcl'), join(folder, 'sda1.ext4-ptcl-img.gz.')];
  await must('partclone.ext4', ...PARTCLONE_AT_ONCE, '-c', '-F', '-L', join(folder, 'log'), '-s', raw, '-o', plain);
  await must('gzip', plain);
  await must('split', '-b', '100000', '-a', '2', `${plain}.gz`, stem);
  expect(await labelIn(`${stem}aa`, { home })).toBe('inside');
});

/**
 * A disk with an ext4 and a swap partition, these logical ones where the table is of MBR, in a folder as Clonezilla lays it out; made by hand, since
 * Clonezilla itself is not here.
 */
async function clonezillaFolder(label: 'gpt' | 'dos'): Promise<{ folder: string; home: string; disk: string }> {
  requireTool('sfdisk', 'partclone.ext4', 'mkfs.ext4', 'zstd', 'split', 'dd');
  const folder = await scratchFolder();
  const at = (name: string): string => join(folder, name);
  const sectors = (SIZE * 2) / 512;
  await must('truncate', '-s', String(SIZE * 2), at('disk.img'));
  const [start, volume] = label === 'gpt' ? [2048, 1] : [4096, 5];
  const extended = label === 'gpt' ? '' : `/dev/sda1 : start=2048, size=${sectors - 4096}, type=5\n`;
  const own = `/dev/sda${volume} : start=${start}, size=${SIZE / 512}, type=L\n`;
  const swap = `/dev/sda${volume + 1} : start=${start + 2048 + SIZE / 512}, size=8192, type=S\n`;
  const table = `label: ${label}\nunit: sectors\n\n${extended}${own}${swap}`;
  await writeFile(at('table'), table);
  await must(
    'sh',
    '-c',
    `sfdisk -q ${at('disk.img')} < ${at('table')} && sfdisk -d ${at('disk.img')} | sed 's#${at('disk.img')}#/dev/sda#g' > ${at('sda-pt.sf')}`,
  );
  await makeVolume(at('volume'));
  await must('partclone.ext4', ...PARTCLONE_AT_ONCE, '-c', '-F', '-L', at('log'), '-s', at('volume'), '-o', at('ptcl'));
  // The volume as it is restored: with zeros where nothing is used.
  await must('truncate', '-s', String(SIZE), at('restored'));
  await must('partclone.restore', ...PARTCLONE_AT_ONCE, '-O', '-C', '-L', at('log'), '-s', at('ptcl'), '-o', at('restored'));
  await must(
    'dd',
    'status=none',
    'conv=notrunc',
    'bs=1M',
    `seek=${start / 2048}`,
    `if=${at('restored')}`,
    `of=${at('disk.img')}`,
  );
  await must('zstd', '-q', at('ptcl'), '-o', at('ptcl.zst'));
  await must('split', '-b', '200000', '-a', '2', at('ptcl.zst'), at(`sda${volume}.ext4-ptcl-img.zst.`));
  await must('dd', 'status=none', `if=${at('disk.img')}`, `of=${at('sda-mbr')}`, 'bs=512', 'count=1');
  if (label === 'gpt') {
    await must('dd', 'status=none', `if=${at('disk.img')}`, `of=${at('sda-gpt-1st')}`, 'bs=512', 'count=34');
    await must(
      'dd',
      'status=none',
      `if=${at('disk.img')}`,
      `of=${at('sda-gpt-2nd')}`,
      'bs=512',
      `skip=${sectors - 33}`,
      'count=33',
    );
  } else {
    await must('dd', 'status=none', `if=${at('disk.img')}`, `of=${at('sda1-ebr')}`, 'bs=512', 'skip=2048', 'count=1');
  }
  await writeFile(at('sda-pt.parted'), `Model: none (file)\nDisk /dev/sda: ${sectors}s\n`);
  await writeFile(
    at('dev-fs.list'),
    `# <Device name>   <File system>   <Size>\n/dev/sda${volume} ext4 24M\n/dev/sda${volume + 1} swap 4M\n`,
  );
  return { folder, home: at('home'), disk: at('disk.img') };
}

test.each(['gpt', 'dos'] as const)(
  'a Clonezilla folder is opened as the disk by the dump of its partition table, %s',
  async (label) => {
    const { folder, home, disk } = await clonezillaFolder(label);
    const target = join(folder, 'copy.img');
    await must('truncate', '-s', String(SIZE * 2), target);
    const cloned = await cli(['clone', 'disk', join(folder, 'sda-pt.sf'), target, '--all-sectors', '--yes'], { home });
    expect(cloned).toMatchObject({ status: 0 });
    expect(await sha256OfFile(target)).toBe(await sha256OfFile(disk));
  },
);
