/** Bad hardware, full disks and people who change their mind: exit status, message and the job's record tell the truth. */
import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { JobResult } from '../../core/src/common/index';
import { cli, cliJson, type CliResult } from '../support/cli';
import { damagedExport } from '../support/damagedExport';
import { CLONE_TOOLS, judgeClone } from '../support/judgeClone';
import { nbdkit } from '../support/nbdServer';
import { addOldSignatures } from '../support/oldSignatures';
import { startCli } from '../support/runningCli';
import { extractPartition, hashFiles, makeImage, makeSampleDisk, MIB, type SampleDisk } from '../support/sampleDisk';
import { scratchFolder } from '../support/scratch';
import { shows } from '../support/shows';
import { must, sha256OfFile } from '../support/tool';
import { requireRoot, requireTool } from '../support/tools';

interface Setting {
  scratch: string;
  home: string;
  disk: SampleDisk;
  target: string;
}

/** The target is an old disk with a table and signatures, full of old bytes. */
async function setting(): Promise<Setting> {
  requireTool(...CLONE_TOOLS, 'nbdkit', 'wipefs', 'blkid');
  const scratch = await scratchFolder();
  const disk = await makeSampleDisk(join(scratch, 'source.img'), scratch);
  const target = join(scratch, 'target.img');
  await makeImage(target, disk.size, 0xa5);
  await must('sgdisk', '--new=1:2048:+20M', target);
  await addOldSignatures(target, disk.size);
  expect(await shows(target)).toMatch(/linux_raid_member/);
  return { scratch, home: join(scratch, 'home'), disk, target };
}

const clone = (source: string, target: string): string[] => ['clone', 'disk', source, target, '--yes'];

interface ShownJob {
  id: string;
  state: string;
  result: JobResult;
  log: string;
}

/** What `jobs show` and `jobs list` say of the only job, which must be what the command said. */
async function shownJob({ home }: Setting, { status, stdout, stderr }: CliResult): Promise<ShownJob> {
  const list = await cliJson<{ id: string; state: string; exitStatus: number }[]>(['jobs', 'list'], { home });
  expect(list).toHaveLength(1);
  const shown = await cliJson<ShownJob>(['jobs', 'show', list[0]!.id], { home });
  expect(list[0]).toMatchObject({ id: shown.id, state: shown.state, exitStatus: status });
  expect(shown.result.exitStatus).toBe(status);
  const { error } = shown.result;
  if (error) expect(stdout + stderr).toContain(error.message);
  const text = await cli(['jobs', 'show', shown.id], { home });
  expect(text.stdout).toContain(shown.state);
  for (const said of error ? [error.message] : shown.result.holes.map(({ offset }) => String(offset)))
    expect(text.stdout).toContain(said);
  return shown;
}

/** Where a file of the sample disk lies in its ext4, by debugfs. */
async function blockOf({ disk }: Setting, path: string): Promise<number> {
  const { start } = disk.partitions[1]!;
  const blocks = await must('debugfs', '-R', `blocks ${path}`, `${disk.path}?offset=${start}`);
  return start + Number(blocks.trim().split(/\s+/)[100]) * 4096;
}

describe('a source with unreadable sectors', () => {
  test('in a file is cloned with a hole, which is named, and everything else', async () => {
    const given = await setting();
    const bad = { offset: await blockOf(given, '/pictures/large.bin'), length: 4096 };
    const { uri } = await damagedExport(given.disk.path, [bad]);
    const before = await sha256OfFile(given.disk.path);

    const result = await cli(clone(uri, given.target), given);

    expect(result.status, result.stderr).toBe(4);
    expect(result.stderr).toContain(`${uri} at byte ${bad.offset}, 4096 bytes`);
    expect(result.stderr).toMatch(/could not be read/);
    const { state, result: record } = await shownJob(given, result);
    expect(state).toBe('done');
    expect(record).toMatchObject({ message: 'Done with 1 hole', holeCount: 1, error: null });
    expect(record.holes).toEqual([expect.objectContaining({ device: uri, ...bad })]);
    const ext4 = given.disk.partitions[1]!;
    const image = await extractPartition(given.target, ext4, join(given.scratch, 'volume.img'));
    await must('e2fsck', '-fn', image);
    const found = await hashFiles(image, 'ext4', given.scratch);
    expect([...found].filter(([path, hash]) => given.disk.files.get(path) !== hash).map(([path]) => path)).toEqual([
      'pictures/large.bin',
    ]);
    expect(await sha256OfFile(given.disk.path)).toBe(before);
  });

  test.each([
    ['behind the table', 40 * 512, 4],
    ['in the boot record', 0, 0],
    ['in the primary GPT header', 512, 0],
    ['in the backup GPT', 200 * MIB - 512, 0],
  ])('%s is cloned', async (_, offset, status) => {
    const given = await setting();
    const { uri } = await damagedExport(given.disk.path, [{ offset, length: 512 }]);
    const result = await cli(clone(uri, given.target), given);
    expect(result.status, result.stderr).toBe(status);
    expect((await shownJob(given, result)).state).toBe('done');
    await judgeClone(given.disk, given.target, given.scratch);
  });
});

test('a full disk below the target ends the clone, with the place, and leaves nothing that looks whole', async () => {
  requireRoot();
  const given = await setting();
  const small = join(given.scratch, 'small');
  await mkdir(small);
  await must('mount', '-t', 'tmpfs', '-o', 'size=10M', 'tmpfs', small);
  onTestFinished(async () => void (await must('umount', small)));
  const target = join(small, 'target.img');
  await makeImage(target, given.disk.size);

  const result = await cli(clone(given.disk.path, target), given);

  expect(result.status, result.stderr).toBe(1);
  expect(result.stderr).toMatch(new RegExp(`${target}: cannot write \\d+ bytes at \\d+: no space is left`));
  const { state, result: record } = await shownJob(given, result);
  expect(state).toBe('failed');
  expect(record.error!.data).toMatchObject({ device: target, todo: 'Make room where it lies.' });
  expect(result.stderr).toContain('Make room where it lies.');
  expect((record.error!.data as { offset: number }).offset).toBeLessThan(given.disk.size);
  expect(await shows(target)).toBe('');
});

describe('a device that vanishes', () => {
  test('as the source ends the clone', async () => {
    const given = await setting();
    const server = await nbdkit('--filter=delay', 'file', given.disk.path, 'rdelay=100ms');
    const running = startCli(['--json', ...clone(server.uri, given.target)], given);
    await running.shows(/"stage":"content","text":"[^"]*","done":[1-9]/);
    await server.kill();
    await expectGone(given, await running.ended, server.uri);
    expect(await shows(given.target)).toBe('');
  });

  test('as the target ends the clone', async () => {
    const given = await setting();
    const server = await nbdkit('--filter=delay', 'file', given.target, 'wdelay=100ms', 'delay-zero=20ms');
    const running = startCli(['--json', ...clone(given.disk.path, server.uri)], given);
    await running.shows(/"stage":"content","text":"[^"]*","done":[1-9]/);
    await server.kill();
    await expectGone(given, await running.ended, server.uri);
    expect(await shows(given.target)).toBe('');
  });

  async function expectGone(given: Setting, result: CliResult, uri: string): Promise<void> {
    expect(result.status, result.stdout + result.stderr).toBe(1);
    const { state, result: record } = await shownJob(given, result);
    expect(state).toBe('failed');
    expect(record.message).toContain(`${uri}: the NBD server is gone`);
    expect(record.error!.data).toMatchObject({ device: uri, todo: 'See whether the server still runs, then try again.' });
  }
});

test('a target that acknowledges a write and drops it is found out, with the place', async () => {
  const given = await setting();
  const lost = await blockOf(given, '/pictures/large.bin');
  const image = given.target;
  const write = `if [ $4 -le ${lost} ] && [ $(($4 + $3)) -gt ${lost} ]; then head -c $3 > /dev/null; else dd of=${image} oflag=seek_bytes seek=$4 conv=notrunc bs=1M status=none; fi`;
  const { uri } = await nbdkit(
    'eval',
    `get_size=stat -c %s ${image}`,
    `pread=dd if=${image} iflag=skip_bytes,count_bytes,fullblock skip=$4 count=$3 bs=1M status=none`,
    `pwrite=${write}`,
    `zero=fallocate --punch-hole --offset $4 --length $3 ${image}`,
    'can_zero=exit 0',
    'can_write=exit 0',
    'flush=sync',
    'can_flush=exit 0',
  );

  const result = await cli(clone(given.disk.path, uri), given);

  expect(result.status, result.stderr).toBe(1);
  const { state, result: record } = await shownJob(given, result);
  expect(state).toBe('failed');
  const { device, offset, todo } = record.error!.data as { device: string; offset: number; todo: string };
  expect(device).toBe(uri);
  expect(offset).toBeLessThanOrEqual(lost);
  expect(offset).toBeGreaterThan(lost - MIB);
  expect(record.message).toBe(`${uri} holds other bytes at ${offset} than were written there`);
  expect(result.stderr).toContain(todo);
  expect(await shows(image)).toBe('');
});

test('a clone that is cancelled from another terminal ends with 130, and its target shows nothing', async () => {
  const given = await setting();
  const { uri } = await nbdkit('--filter=delay', 'file', given.disk.path, 'rdelay=150ms');
  const running = startCli(['--json', ...clone(uri, given.target)], given);
  const [, jobId] = await running.shows(/"jobId":"([^"]+)","progress":\{"stage":"content","text":"[^"]*","done":[1-9]/);

  const asked = performance.now();
  expect(await cliJson(['jobs', 'cancel', jobId!], given)).toMatchObject({ id: jobId });
  const result = await running.ended;

  expect(performance.now() - asked).toBeLessThan(5000);
  expect(result.status, result.stdout + result.stderr).toBe(130);
  const { state } = await shownJob(given, result);
  expect(state).toBe('cancelled');
  expect(await shows(given.target)).toBe('');
  expect((await stat(given.target)).size).toBe(given.disk.size);
  const again = await cli(['jobs', 'cancel', jobId!], given);
  expect(again.status).toBe(1);
  expect(again.stderr).toContain('is not running: it is cancelled');
});
