/** The commands that look at devices: the fields of their JSON, held against other tools, and their text. */
import { readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cli, cliJson } from '../support/cli';
import { makeLab, sharedLab } from '../support/lab';
import { makeImage, MIB } from '../support/sampleDisk';
import { scratchFolder } from '../support/scratch';
import { must } from '../support/tool';
import { requireTool } from '../support/tools';

interface Layout {
  device: { path: string; size: number; sectorSize: number };
  table: { type: string; id: string | null };
  partitions: Record<string, unknown>[];
  gaps: { start: number; size: number }[];
  findings: unknown[];
  volume: { type: string; label: string } | null;
}

const lab = sharedLab();
const PARTITION_FIELDS = ['number', 'start', 'size', 'type', 'name', 'id', 'bootable', 'filesystem'];
const FILESYSTEM_FIELDS = ['type', 'label', 'uuid', 'size', 'used'];

describe('layout --json', () => {
  test('of a GPT disk says what sfdisk says', async () => {
    requireTool('sfdisk');
    const layout = await cliJson<Layout>(['layout', lab.disk], lab);
    const { partitiontable } = JSON.parse(await must('sfdisk', '--json', lab.disk)) as {
      partitiontable: { id: string; partitions: { start: number; size: number; type: string; uuid: string; name: string }[] };
    };
    expect(layout.device).toEqual({ path: lab.disk, size: 96 * MIB, sectorSize: 512 });
    expect(layout.table).toEqual({ type: 'gpt', id: partitiontable.id.toLowerCase() });
    expect(layout.partitions).toEqual(
      partitiontable.partitions.map(({ start, size, type, uuid, name }, index) =>
        expect.objectContaining({
          number: index + 1,
          start: start * 512,
          size: size * 512,
          type: type.toLowerCase(),
          id: uuid.toLowerCase(),
          name,
        }),
      ),
    );
  });

  test('has every field of the contract', async () => {
    const layout = await cliJson<Layout>(['layout', lab.disk], lab);
    for (const partition of layout.partitions) {
      expect(Object.keys(partition)).toEqual(expect.arrayContaining(PARTITION_FIELDS));
      expect(Object.keys(partition['filesystem'] as object)).toEqual(FILESYSTEM_FIELDS);
    }
    expect(layout.gaps).toEqual(expect.arrayContaining([{ start: expect.any(Number), size: expect.any(Number) }]));
    expect(layout.findings).toEqual([]);
  });

  test('of an empty image has no table, no partitions and no volume', async () => {
    const layout = await cliJson<Layout>(['layout', lab.bigger], lab);
    expect(layout).toMatchObject({ table: { type: 'none', id: null }, partitions: [], gaps: [], findings: [], volume: null });
  });

  test('of an MBR disk has its extended and logical partitions', async () => {
    requireTool('sfdisk', 'sh');
    const image = join(await scratchFolder(), 'mbr.img');
    await makeImage(image, 64 * MIB);
    const script =
      'label: dos\\nstart=2048,size=8192,type=c,bootable\\nstart=10240,size=80000,type=5\\nstart=12288,size=8192,type=83';
    await must('sh', '-c', `printf '${script}\\n' | sfdisk -q ${image}`);
    const layout = await cliJson<Layout>(['layout', image], lab);
    expect(layout.table.type).toBe('mbr');
    expect(layout.partitions.map(({ number, start, bootable }) => [number, start, bootable])).toEqual([
      [1, 2048 * 512, true],
      [2, 10240 * 512, false],
      [5, 12288 * 512, false],
    ]);
  });

  test('of a table that is full looks into every partition, and warns of nothing', async () => {
    requireTool('sgdisk');
    const image = join(await scratchFolder(), 'full.img');
    await makeImage(image, 512 * MIB);
    const numbers = Array.from({ length: 128 }, (_, index) => index + 1);
    await must('sgdisk', ...numbers.flatMap((number) => ['-n', `${number}:0:+3M`]), image);
    const { stdout, stderr } = await cli(['layout', image, '--json'], lab);
    expect(stderr).toBe('');
    const { partitions, findings } = JSON.parse(stdout) as Layout;
    expect(partitions).toHaveLength(128);
    expect(findings).toEqual([]);
  });
});

test('devices --json is a list with every field of the contract', async () => {
  const devices = await cliJson<Record<string, unknown>[]>(['devices'], lab);
  for (const device of devices) {
    expect(Object.keys(device)).toEqual([
      'path',
      'size',
      'sectorSize',
      'model',
      'serial',
      'transport',
      'readOnly',
      'system',
      'mounted',
    ]);
  }
});

test('info --json says what blkid says', async () => {
  requireTool('blkid');
  const info = await cliJson<{ size: number; filesystem: Record<string, unknown> }>(['info', `${lab.disk}#2`], lab);
  const tags = await must('blkid', '-p', '-o', 'export', '-O', String(17 * MIB), '-S', String(36 * MIB), lab.disk);
  const tag = (name: string): string | undefined => new RegExp(`^${name}=(.*)$`, 'm').exec(tags)?.[1];
  expect(info.size).toBe(36 * MIB);
  expect(info.filesystem).toMatchObject({ type: tag('TYPE'), label: tag('LABEL'), uuid: tag('UUID') });
});

test('info --json of what nobody knows has no filesystem', async () => {
  expect(await cliJson(['info', `${lab.bigger}#0`], lab)).toEqual({ size: 160 * MIB, filesystem: null });
});

test('allocation --json: extents from the start of the volume, sorted, and their sum', async () => {
  const allocation = await cliJson<{ extents: { offset: number; length: number }[]; bytes: number }>(
    ['allocation', `${lab.disk}#3`],
    lab,
  );
  expect(allocation.extents[0]!.offset).toBe(0);
  expect(allocation.extents.reduce((sum, { length }) => sum + length, 0)).toBe(allocation.bytes);
  const offsets = allocation.extents.map(({ offset }) => offset);
  expect(offsets).toEqual([...offsets].sort((a, b) => a - b));
});

test('sectors prints what hexdump -C prints', async () => {
  requireTool('hexdump');
  const { stdout } = await cli(['sectors', lab.disk, '--at', '77', '--length', '200K'], lab);
  expect(stdout).toBe(await must('hexdump', '-C', '-s', '77', '-n', String(200 * 1024), lab.disk));
});

test('sectors --json of a volume counts from its start', async () => {
  const { offset, hex } = await cliJson<{ offset: number; hex: string }>(
    ['sectors', `${lab.disk}#2`, '--at', '2s', '--length', '2K'],
    lab,
  );
  const at = 17 * MIB + 1024;
  expect(offset).toBe(1024);
  expect(hex).toBe((await readFile(lab.disk)).subarray(at, at + 2048).toString('hex'));
});

test('texts name what is there, with sizes people read', async () => {
  const layout = await cli(['layout', lab.disk], lab);
  expect(layout.stdout).toMatch(/^2 +17825792 +36 MiB +Linux filesystem +ext4 +photos +7\.4 MiB +photos$/m);
  const info = await cli(['info', `${lab.disk}#2`], lab);
  expect(info.stdout).toMatch(/^size +36 MiB \(37748736 bytes\)$/m);
  const allocation = await cli(['allocation', `${lab.disk}#1`], lab);
  expect(allocation.stdout).toMatch(/^68 KiB \(69632 bytes\) used, exact\n/);
});

test('names with #, spaces and umlauts', async () => {
  const folder = await scratchFolder();
  const { disk } = await makeLab(folder);
  const name = 'a b#3 ü.img';
  await rename(disk, join(folder, name));
  const info = await cliJson<{ filesystem: { label: string } }>(['info', `${name}#2`], { ...lab, cwd: folder });
  expect(info.filesystem.label).toBe('photos');
  expect((await cliJson<Layout>(['layout', name], { ...lab, cwd: folder })).partitions).toHaveLength(3);
});

test('a label with escape sequences does not reach the terminal', async () => {
  requireTool('mkfs.ext4');
  const image = join(await scratchFolder(), 'evil.img');
  await makeImage(image, 16 * MIB);
  await must('mkfs.ext4', '-q', '-F', '-L', 'a\x1b[2J\x07', image);
  for (const arguments_ of [
    ['layout', image],
    ['info', `${image}#0`],
    ['layout', image, '--json'],
  ]) {
    const { stdout, stderr } = await cli(arguments_, lab);
    expect(stdout + stderr).toContain('[2J');
    expect(stdout + stderr).not.toMatch(/[\x00-\x09\x0b-\x1f]/);
  }
});
