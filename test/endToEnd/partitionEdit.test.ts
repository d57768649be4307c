/** Changes of partitions by one plan, judged by the tools of the tables and the filesystems. */
import { join } from 'node:path';
import { open } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import type { DeviceLayout } from '@diskwright/sdk/protocol';
import { cli, type CliResult } from '../support/cli';
import { CLONE_TOOLS, judgeClone } from '../support/judgeClone';
import { copyInto, extractPartition, makeImage, makeSampleDisk, makeTree, MIB, hashFiles } from '../support/sampleDisk';
import { scratchFolder } from '../support/scratch';
import { must, sha256OfFile } from '../support/tool';
import { requireTool } from '../support/tools';

const LINUX = '0fc63daf-8483-4772-8e79-3d69d8477de4';

type Operation = { kind: string } & Record<string, unknown>;

function apply(
  device: string,
  operations: Operation[],
  home: string,
  how: string[] = ['--yes'],
  more: object = {},
): Promise<CliResult> {
  return cli(['call', 'partition-edit.apply', '--input', '-', ...how], {
    home,
    input: JSON.stringify({ device, operations, ...more }),
  });
}

async function succeeds(result: Promise<CliResult>): Promise<CliResult> {
  const ended = await result;
  expect(ended.status, ended.stderr + ended.stdout).toBe(0);
  return ended;
}

async function bytesAt(path: string, offset: number, length: number): Promise<Buffer> {
  const file = await open(path, 'r');
  try {
    return (await file.read(Buffer.alloc(length), 0, length, offset)).buffer;
  } finally {
    await file.close();
  }
}

describe.each([512, 4096] as const)('on sectors of %i bytes', (sectorSize) => {
  test('partitions are deleted, moved with their files in both directions, and created, by one plan', async () => {
    requireTool(...CLONE_TOOLS);
    const scratch = await scratchFolder();
    const home = join(scratch, 'home');
    const disk = await makeSampleDisk(join(scratch, 'disk.img'), scratch, sectorSize);
    const operations: Operation[] = [
      // Over a part of where it lies: to the left, and to the right.
      { kind: 'move', number: 2, start: 20 * MIB },
      { kind: 'move', number: 3, start: 107 * MIB },
      { kind: 'delete', number: 1 },
      { kind: 'create', start: 84 * MIB, size: 20 * MIB, type: LINUX, name: 'new' },
    ];
    await succeeds(apply(disk.path, operations, home));
    const partitions = disk.partitions
      .filter(({ number }) => number !== 1)
      .map((partition) => ({ ...partition, start: partition.number === 2 ? 20 * MIB : 107 * MIB }));
    await judgeClone({ ...disk, partitions }, disk.path, scratch);
    const hiddenSectors = (await bytesAt(disk.path, 107 * MIB + 28, 4)).readUInt32LE();
    expect(hiddenSectors).toBe((107 * MIB) / sectorSize);
    const layout = JSON.parse((await succeeds(cli(['--json', 'layout', disk.path], { home }))).stdout) as DeviceLayout;
    expect(layout.partitions.map(({ number, start, name, filesystem }) => [number, start / MIB, name, filesystem?.type])).toEqual(
      [
        [1, 84, 'new', undefined],
        [2, 20, 'part 2', 'ext4'],
        [3, 107, 'part 3', 'vfat'],
      ],
    );
  });
});

test('a simulated change has its files at their new places, and the device is as it was', async () => {
  requireTool(...CLONE_TOOLS);
  const scratch = await scratchFolder();
  const home = join(scratch, 'home');
  const disk = await makeSampleDisk(join(scratch, 'disk.img'), scratch);
  const before = await sha256OfFile(disk.path);
  const { stdout } = await succeeds(apply(disk.path, [{ kind: 'move', number: 3, start: 108 * MIB }], home, ['--simulate']));
  const overlay = /simulated-[0-9a-f]+/.exec(stdout)![0];
  const info = await succeeds(cli(['info', `${overlay}#3`], { home }));
  expect(info.stdout).toContain('FAT3');
  expect(await sha256OfFile(disk.path)).toBe(before);
});

test('freed space holds zeros where that is asked for, and nothing else does', async () => {
  requireTool(...CLONE_TOOLS);
  const scratch = await scratchFolder();
  const home = join(scratch, 'home');
  const disk = await makeSampleDisk(join(scratch, 'disk.img'), scratch);
  await succeeds(apply(disk.path, [{ kind: 'delete', number: 1 }], home, ['--yes'], { unused: 'zero' }));
  const freed = await extractPartition(disk.path, disk.partitions[0]!, join(scratch, 'freed.img'));
  expect((await must('cmp', '-n', String(40 * MIB), freed, '/dev/zero')).trim()).toBe('');
  await judgeClone({ ...disk, partitions: disk.partitions.slice(1) }, disk.path, scratch);
});

test('a new table is made on a device without one, and what filled it is not seen any more', async () => {
  requireTool('sgdisk', 'mkfs.ext4', 'blkid');
  const scratch = await scratchFolder();
  const home = join(scratch, 'home');
  const path = join(scratch, 'disk.img');
  await makeImage(path, 64 * MIB);
  await must('mkfs.ext4', '-q', '-F', path);
  const operations: Operation[] = [
    { kind: 'initialize', table: 'gpt' },
    { kind: 'create', start: MIB, size: 30 * MIB, type: LINUX },
  ];
  const refused = await apply(path, operations.slice(1), home);
  expect(refused).toMatchObject({ status: 3, stderr: expect.stringContaining('has no partition table') as string });
  const { stderr } = await succeeds(apply(path, operations, home));
  expect(stderr).toContain('the ext4 filesystem that fills the whole device is lost');
  expect(await must('sgdisk', '-v', path)).toContain('No problems found');
  expect(await must('blkid', '-p', '-o', 'value', '-s', 'PTTYPE', path)).toBe('gpt\n');
  const partition = await extractPartition(path, { start: MIB, size: 30 * MIB }, join(scratch, 'new.img'));
  await expect(must('blkid', '-p', partition)).rejects.toThrow('ended with 2');
});

test('a logical partition is moved with its files, and its boot records lead to it', async () => {
  requireTool('sfdisk', 'mkfs.ext4', 'e2fsck', 'debugfs');
  const scratch = await scratchFolder();
  const home = join(scratch, 'home');
  const path = join(scratch, 'disk.img');
  await makeImage(path, 128 * MIB);
  const script = 'label: dos\n2048,4096,83\n6144,241664,5\n8192,65536,83\n77824,65536,83';
  await must('sh', '-c', `printf '${script}\n' | sfdisk -q '${path}'`);
  const tree = join(scratch, 'tree');
  const files = await makeTree(tree);
  const volume = join(scratch, 'volume.img');
  await makeImage(volume, 32 * MIB);
  await must('mkfs.ext4', '-q', '-F', '-d', tree, volume);
  await copyInto(volume, path, 38 * MIB);
  await succeeds(
    apply(
      path,
      [
        { kind: 'delete', number: 5 },
        { kind: 'move', number: 6, start: 10 * MIB },
      ],
      home,
    ),
  );
  expect(await must('sfdisk', '--verify', path)).toContain('No errors detected');
  const moved = await extractPartition(path, { start: 10 * MIB, size: 32 * MIB }, join(scratch, 'moved.img'));
  await must('e2fsck', '-fn', moved);
  expect(await hashFiles(moved, 'ext4', scratch)).toEqual(files);
  const { stdout } = await succeeds(cli(['layout', path], { home }));
  expect(stdout).toMatch(/^5 +10485760 +32 MiB .* ext4/m);
});

test('an NTFS partition is moved with both of its boot sectors put right', async () => {
  requireTool('sgdisk', 'mkfs.ntfs', 'ntfsinfo');
  const scratch = await scratchFolder();
  const home = join(scratch, 'home');
  const path = join(scratch, 'disk.img');
  await makeImage(path, 64 * MIB);
  await must('sgdisk', '-n1:2048:+24M', '-t1:0700', path);
  const volume = join(scratch, 'volume.img');
  await makeImage(volume, 24 * MIB);
  await must('mkfs.ntfs', '-q', '-F', '-f', '-p', '2048', volume);
  await copyInto(volume, path, MIB);
  await succeeds(apply(path, [{ kind: 'move', number: 1, start: 30 * MIB }], home));
  const moved = await extractPartition(path, { start: 30 * MIB, size: 24 * MIB }, join(scratch, 'moved.img'));
  await must('ntfsinfo', '-m', moved);
  for (const at of [0, 24 * MIB - 512]) expect((await bytesAt(moved, at + 28, 4)).readUInt32LE()).toBe((30 * MIB) / 512);
});

describe('refused with exit status 3, and nothing is written', () => {
  test.each<[string, Operation[], RegExp]>([
    [
      'a partition smaller than its filesystem',
      [{ kind: 'resize', number: 2, size: 60 * MIB }],
      /operation 1: .*its ext4 filesystem has 64 MiB.*, 4 MiB .* more than the partition would/,
    ],
    [
      'two partitions that change places',
      [
        { kind: 'delete', number: 3 },
        { kind: 'move', number: 1, start: 65 * MIB },
        { kind: 'move', number: 2, start: MIB },
      ],
      /operations 2 and 3 stand in each other's way/,
    ],
    ['an overlap', [{ kind: 'create', start: 190 * MIB, size: MIB, type: LINUX }], /operation 1: .*overlap partition 3/],
    [
      'what lies behind the end',
      [{ kind: 'move', number: 3, start: 120 * MIB }],
      /operation 1: .*outside of what partitions may use/,
    ],
  ])('%s', async (_, operations, message) => {
    requireTool(...CLONE_TOOLS);
    const scratch = await scratchFolder();
    const disk = await makeSampleDisk(join(scratch, 'disk.img'), scratch);
    const before = await sha256OfFile(disk.path);
    const result = await apply(disk.path, operations, join(scratch, 'home'));
    expect(result.stderr).toMatch(message);
    expect(result.status).toBe(3);
    expect(await sha256OfFile(disk.path)).toBe(before);
  });

  test('a plan whose table has changed since', async () => {
    requireTool(...CLONE_TOOLS);
    const scratch = await scratchFolder();
    const home = join(scratch, 'home');
    const disk = await makeSampleDisk(join(scratch, 'disk.img'), scratch);
    const plan = join(scratch, 'plan.json');
    await succeeds(apply(disk.path, [{ kind: 'delete', number: 1 }], home, ['--plan', plan]));
    await must('sgdisk', '-c2:other', disk.path);
    expect(await cli(['plan', 'apply', plan, '--yes'], { home })).toMatchObject({ status: 3 });
  });
});

test('operations that cannot be right are listed, all of them, with exit status 2', async () => {
  const scratch = await scratchFolder();
  const path = join(scratch, 'disk.img');
  await makeImage(path, 8 * MIB);
  const result = await apply(
    path,
    [{ kind: 'grow' }, { kind: 'move', number: 0, start: 1 }, { kind: 'delete' }],
    join(scratch, 'home'),
  );
  expect(result.status).toBe(2);
  expect(result.stderr).toContain('operation 1: has no kind that is known');
  expect(result.stderr).toContain('operation 2: its number is no partition number');
  expect(result.stderr).toContain('operation 3: "delete" needs a number');
});
