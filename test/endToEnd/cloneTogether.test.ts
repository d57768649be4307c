/** A disk cloned to several targets at once: nbdkit counts what is read of the source, and makes one target fail or be slow. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cli, cliJson } from '../support/cli';
import { nbdkit, nbdkitAt } from '../support/nbdServer';
import { processesOf } from '../support/processesOf';
import { startCli } from '../support/runningCli';
import { makeImage, makeSampleDisk, MIB, type SampleDisk } from '../support/sampleDisk';
import { scratchFolder } from '../support/scratch';
import { must } from '../support/tool';
import { requireTool } from '../support/tools';

interface Setting {
  scratch: string;
  home: string;
  disk: SampleDisk;
  /** Images full of something else. */
  targets: string[];
}

interface ListedJob {
  id: string;
  state: string;
  title: string;
  group?: { number: number; count: number };
}

async function setting(count: number): Promise<Setting> {
  requireTool('nbdkit', 'sfdisk', 'mkfs.ext4', 'mkfs.fat', 'mcopy');
  const scratch = await scratchFolder();
  const disk = await makeSampleDisk(join(scratch, 'source.img'), scratch);
  const targets = Array.from({ length: count }, (_, index) => join(scratch, `target-${index + 1}.img`));
  for (const target of targets) await makeImage(target, disk.size, 0xa5);
  return { scratch, home: join(scratch, 'home'), disk, targets };
}

const clone = (source: string, targets: readonly string[], ...options: string[]): string[] => [
  ...['clone', 'disk', source, ...targets, '--yes', '--all-sectors'],
  ...options,
];

/** Bytes that the statistics of nbdkit's filter say were read. */
async function bytesRead(statistics: string): Promise<number> {
  const [, amount, unit] = /^read: \d+ ops, [\d.]+ s, ([\d.]+) (\w+)/m.exec(await readFile(statistics, 'utf8'))!;
  const units: Record<string, number> = { bytes: 1, KiB: 1024, MiB: MIB, GiB: 1024 * MIB };
  return Number(amount) * units[unit!]!;
}

async function requireClones({ disk }: Setting, targets: readonly string[]): Promise<void> {
  for (const target of targets) await must('cmp', disk.path, target);
}

describe('a clone to several targets', () => {
  test('reads the source once, and each target is whole', async () => {
    const given = await setting(4);
    const statistics = join(given.scratch, 'statistics');
    const source = await nbdkit('--filter=stats', 'file', given.disk.path, `statsfile=${statistics}`);
    const { status, stdout, stderr } = await cli(['--json', ...clone(source.uri, given.targets, '--no-verify')], given);
    expect(status, stderr).toBe(0);
    await requireClones(given, given.targets);
    const ends = stdout.trim().split('\n').slice(-4);
    const jobs = await cliJson<ListedJob[]>(['jobs', 'list'], given);
    expect(jobs.map(({ group }) => group?.number)).toEqual([1, 2, 3, 4]);
    expect(ends.map((line) => (JSON.parse(line) as { jobId: string }).jobId)).toEqual(jobs.map(({ id }) => id));
    process.kill(source.pid, 'SIGTERM');
    await expect.poll(() => bytesRead(statistics).catch(() => 0), { timeout: 10_000 }).toBeGreaterThan(0);
    // Planning reads structures of each.
    expect(await bytesRead(statistics)).toBeLessThan(1.4 * given.disk.size);
  });

  test('goes on when one target fails, and ends with its status', async () => {
    const given = await setting(2);
    const failing = await nbdkit(
      '--filter=error',
      'memory',
      String(given.disk.size),
      'error-pwrite=ENOSPC',
      'error-pwrite-rate=100%',
    );
    const { status, stdout, stderr } = await cli(clone(given.disk.path, [failing.uri, ...given.targets]), given);
    expect(status).toBe(1);
    expect(stdout).toMatch(/target-1\.img: Done/);
    expect(stderr).toMatch(/Go on where it stopped: diskwright jobs resume/);
    await requireClones(given, given.targets);
  });

  test('is not held by a slow target, which can be cancelled', async () => {
    const given = await setting(2);
    const slow = await nbdkit('--filter=rate', 'memory', String(given.disk.size), 'rate=16M');
    const running = startCli(clone(given.disk.path, [slow.uri, ...given.targets]), given);
    const [, job] = await running.shows(/^job (\S+): nbd/m);
    await expect
      .poll(async () => (await cliJson<ListedJob[]>(['jobs', 'list'], given)).map(({ state }) => state), { timeout: 60_000 })
      .toEqual(['running', 'done', 'done']);
    await requireClones(given, given.targets);
    await cliJson(['jobs', 'cancel', job!], given);
    expect((await running.ended).status).toBe(130);
  });

  test('is gone on with target by target when it was killed', async () => {
    const given = await setting(2);
    const source = await nbdkit('--filter=rate', 'file', given.disk.path, 'rate=200M');
    const running = startCli(['--json', ...clone(source.uri, given.targets)], given);
    await running.shows(/"stage":"content"/);
    for (const line of processesOf(given.home)) process.kill(Number.parseInt(line, 10), 'SIGKILL');
    await running.ended;
    // One that limits the rate may end with its clients.
    await source.kill();
    await nbdkitAt(source.socket, 'file', given.disk.path);
    const jobs = await cliJson<ListedJob[]>(['jobs', 'list'], given);
    expect(jobs.map(({ state }) => state)).toEqual(['interrupted', 'interrupted']);
    await cliJson(['jobs', 'resume', jobs[1]!.id], given);
    await requireClones(given, [given.targets[1]!]);
    await cliJson(['jobs', 'resume', jobs[0]!.id], given);
    await requireClones(given, given.targets);
  });

  test('is refused as a whole when two targets are the same', async () => {
    const given = await setting(2);
    await must('ln', given.targets[0]!, join(given.scratch, 'other-name.img'));
    const { status, stderr } = await cli(
      clone(given.disk.path, [...given.targets, join(given.scratch, 'other-name.img')]),
      given,
    );
    expect(status).toBe(3);
    expect(stderr).toMatch(/cannot be used at once/);
    expect(await cliJson<ListedJob[]>(['jobs', 'list'], given)).toEqual([]);
  });
});
