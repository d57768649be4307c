/** Wrong use: exit status 2, one message that names what is wrong and what to do, no stack. */
import { spawnSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cli, diskwright } from '../support/cli';
import { sharedLab } from '../support/lab';
import { scratchFolder } from '../support/scratch';

const lab = sharedLab();
const DISK = 'lab/demo-disk.img';

describe('wrong use ends with 2 and says why', () => {
  test.each<[string[], RegExp]>([
    [[], /Usage: diskwright/],
    [['frobnicate'], /unknown command 'frobnicate'/],
    [['layout'], /missing required argument 'device'/],
    [['layout', DISK, 'more'], /too many arguments/],
    [['layout', DISK, '--frob'], /unknown option '--frob'/],
    [['layout', ''], /a device is needed/],
    [['layout', 'missing.img'], /missing\.img is neither a file here nor an overlay/],
    [['layout', '/missing/disk.img'], /\/missing\/disk\.img does not exist/],
    [['layout', '/tmp'], /\/tmp is a folder/],
    [['layout', '/dev/null'], /\/dev\/null is a character device/],
    [['layout', 'http://host/disk'], /Of URIs, those of NBD are/],
    [['layout', `${DISK}#2`], /names a partition.*\n.*Write lab\/demo-disk\.img/],
    [['layout', DISK, '--sector-size', '520'], /520.*\n.*512 or 4096/],
    [['info', DISK], /names no volume.*\n.*DEVICE#N/],
    [['ls', DISK], /has 3 volumes\n +lab\/demo-disk\.img#1:\/ .*\n.*#2:\/ .*\n.*#3:\/ .*\n.*Write one of these/],
    [['info', `${DISK}#9`], /no partition 9.*\n.*1, 2, 3/],
    [['allocation', `${DISK}#2:/x`], /names a file/],
    [['sectors', DISK, '--at', '-1'], /--at "-1" is not a size/],
    [['sectors', DISK, '--at', '9e99'], /--at "9e99" is not a size/],
    [['sectors', DISK, '--at', '96MiB'], /ends at byte 100663296/],
    [['sectors', DISK, '--length', '0'], /--length 0/],
    [['export', DISK], /--socket/],
    [['export', DISK, '--socket', '/missing/socket'], /no folder \/missing/],
    [['clone', 'disk', DISK], /missing required argument 'target'/],
    [['clone', 'disk', DISK, 'lab/bigger-disk.img', '--layout', 'other'], /--layout "other" is not one of keep, fit/],
    [['clone', 'disk', DISK, 'lab/bigger-disk.img', '--plan', 'x', '--simulate'], /exclude each other/],
    [['clone', 'disk', DISK, 'lab/bigger-disk.img', '--plan', '/missing/x'], /cannot store the plan in \/missing/],
    [['clone', 'partition', `${DISK}#2`, 'lab/bigger-disk.img'], /target: .*names no volume/],
    [['plan', 'show', 'missing.plan'], /cannot read the plan missing\.plan/],
    [['plan', 'show', '/dev/zero'], /no regular file/],
    [['plan', 'show', DISK], /more than|not JSON|at most/],
    [['jobs', 'show', 'nothing'], /there is no job "nothing".*\n.*jobs list/],
    [['call', 'no.such', '--input', '/dev/null'], /not JSON/],
    [['call', 'disk-clone.cloneDisk', '--input', '/dev/zero'], /more than 1048576 bytes/],
  ])('%j', async (arguments_, message) => {
    const { status, stdout, stderr } = await cli(arguments_, { ...lab, cwd: lab.folder });
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/^ {4}at /m);
    expect(stdout).toBe('');
    expect(status).toBe(2);
  });
});

describe('every command has help', () => {
  test.each([
    ['--help'],
    ['devices'],
    ['layout'],
    ['info'],
    ['allocation'],
    ['sectors'],
    ['export'],
    ['clone'],
    ['clone disk'],
    ['clone partition'],
    ['plan'],
    ['plan show'],
    ['plan simulate'],
    ['plan apply'],
    ['jobs'],
    ['jobs list'],
    ['jobs show'],
    ['jobs cancel'],
    ['plugin list'],
    ['call'],
  ])('%s', async (command) => {
    const { status, stdout, stderr } = await cli([...command.split(' '), '--help'], lab);
    expect(stdout).toMatch(/^Usage: diskwright/);
    expect(stderr).toBe('');
    expect(status).toBe(0);
  });
});

test('help of a contributed command tells arguments, choices and defaults', async () => {
  const { stdout } = await cli(['clone', 'disk', '--help'], lab);
  expect(stdout).toMatch(/^ {2}source +the disk to copy; it is only read$/m);
  expect(stdout).toMatch(/--layout <keep\|fit>[^]*\(default: keep\)/);
  expect(stdout).toMatch(/--no-verify +do not read the target back/);
});

test('--json and --verbose may stand anywhere', async () => {
  for (const arguments_ of [
    ['--json', 'plugin', 'list'],
    ['plugin', '--json', 'list'],
    ['plugin', 'list', '--verbose', '--json'],
  ]) {
    const { status, stdout } = await cli(arguments_, lab);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toBeInstanceOf(Array);
  }
});

test('plugin list --json has every field of the contract', async () => {
  const plugins = JSON.parse((await cli(['plugin', 'list', '--json'], lab)).stdout) as Record<string, unknown>[];
  expect(plugins.map(({ id }) => id)).toContain('disk-clone');
  for (const plugin of plugins) {
    expect(plugin).toMatchObject({
      id: expect.any(String),
      version: expect.any(String),
      enabled: true,
      state: expect.any(String),
    });
  }
});

test('a stack is shown with --verbose', async () => {
  const { stderr } = await cli(['layout', 'missing.img', '--verbose'], lab);
  expect(stderr).toMatch(/^ {4}at /m);
});

test('a name that is a file and an overlay is refused', async () => {
  const folder = await scratchFolder();
  await mkdir(join(folder, 'home', 'overlays', 'sim'), { recursive: true });
  await writeFile(join(folder, 'home', 'overlays', 'sim', 'overlay.json'), '{}');
  await writeFile(join(folder, 'sim'), Buffer.alloc(4096));
  const { status, stderr } = await cli(['layout', 'sim'], { home: join(folder, 'home'), cwd: folder });
  expect(stderr).toMatch(/both a file here and an overlay/);
  expect(status).toBe(2);
});

describe('an answer that nobody reads to its end', () => {
  const shell = (command: string): ReturnType<typeof spawnSync> =>
    spawnSync('sh', ['-c', command], {
      encoding: 'utf8',
      env: { ...process.env, DISKWRIGHT_HOME: lab.home, DISKWRIGHT: `${process.execPath} ${diskwright}`, DISK: lab.disk },
    });

  test.each(['sectors $DISK --length 90M', 'info $DISK#2', '--help'])('%s | head -1 is no failure', (command) => {
    const { stdout, stderr, status } = shell(`$DISKWRIGHT ${command} | head -1`);
    expect(String(stdout).trim().split('\n')).toHaveLength(1);
    expect(stderr).toBe('');
    expect(status).toBe(0);
  });

  test('a full disk below it is a failure', () => {
    const { stderr, status } = shell('$DISKWRIGHT layout $DISK > /dev/full');
    expect(stderr).toMatch(/cannot be written to standard output: no space left/);
    expect(status).toBe(1);
  });
});
