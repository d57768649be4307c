/** Devices in containers, by the plugin of a toy one, from the command line. */
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DeviceLayout } from '@diskwright/sdk/protocol';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { linkPlugin } from '../../core/src/host/plugins/linkedPlugins';
import { boxMembers } from '../support/box';
import { cli, cliJson, type CliOptions } from '../support/cli';
import { onTerminal } from '../support/onTerminal';
import { buildPluginFixtures } from '../support/pluginFixtures';
import { filesWith, shownByProcesses } from '../support/readableWords';
import { MIB } from '../support/sampleDisk';
import { must } from '../support/tool';
import { requireTool } from '../support/tools';

const SECRET = 'correct horse battery';
/** Of a member that starts with 4 KiB of its own. */
const HEADER_SECTORS = 8;
const PART_BYTES = 4 * MIB;

let folder: string;
let options: CliOptions;
/** A FAT volume with a file, in two parts: partitions 1 and 2 of the disk, and two images. */
let content: Buffer;
let disk: string;
let locked: string;

const path = (name: string): string => join(folder, name);

beforeAll(async () => {
  requireTool('sfdisk', 'mkfs.vfat', 'mcopy');
  folder = await mkdtemp(join(tmpdir(), 'diskwright-'));
  options = { home: path('home'), cwd: folder };
  await mkdir(options.home);
  await buildPluginFixtures(path('plugins'), 'box');
  expect(await cli(['plugin', 'install', path('plugins/box')], options)).toMatchObject({ status: 0 });
  content = await makeVolume();
  const members = boxMembers(content, 2);
  disk = await makeDisk(members);
  for (const [index, member] of members.entries()) await writeFile(path(`member${index}.img`), member);
  await writeFile(path('secret'), `${SECRET}\n`);
  locked = path('locked.img');
  await writeFile(locked, boxMembers(content, 1, SECRET)[0]!);
}, 60_000);
afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }));

async function makeVolume(): Promise<Buffer> {
  const volume = path('volume.img');
  await writeFile(volume, Buffer.alloc(2 * PART_BYTES));
  await writeFile(path('toys.txt'), 'a bear and a train\n');
  await must('mkfs.vfat', '-F', '16', '-s', '1', '-n', 'TOYS', volume);
  await must('mcopy', '-i', volume, path('toys.txt'), '::/toys.txt');
  return readFile(volume);
}

async function makeDisk(members: readonly Buffer[]): Promise<string> {
  const disk = path('disk.img');
  const bytes = Buffer.alloc(12 * MIB);
  const sectors = PART_BYTES / 512 + HEADER_SECTORS;
  const starts = [2048, 12288];
  await writeFile(disk, bytes);
  const table = starts.map((start) => `start=${start}, size=${sectors}, type=0FC63DAF-8483-4772-8E79-3D69D8477DE4`).join('\n');
  await writeFile(path('table'), `label: gpt\n${table}\n`);
  await must('sh', '-c', `sfdisk --quiet --no-reread --no-tell-kernel '${disk}' < '${path('table')}'`);
  const parted = await readFile(disk);
  members.forEach((member, index) => member.copy(parted, starts[index]! * 512));
  await writeFile(disk, parted);
  return disk;
}

describe('a container on partitions', () => {
  test('is shown by layout and info, with the names of its devices', async () => {
    const layout = await cliJson<DeviceLayout>(['layout', disk], options);
    for (const { container } of layout.partitions)
      expect(container).toMatchObject({ type: 'toy_box', plugin: 'vendor.box', locked: null, warnings: [] });
    const shown = await cli(['layout', disk], options);
    expect(shown.stdout).toContain('#1: toy_box "toys" holds all (8 MiB), first (4 MiB); opened by DEVICE#1@NAME');
    const info = await cli(['info', `${disk}#2`], options);
    expect(info.stdout).toMatch(/^member of +toy_box$/m);
    expect(info.stdout).toContain(`${disk}#2@all`);
  });

  test('is opened by the name of any member, and what it holds like every other device', async () => {
    const listed = await cli(['ls', 'disk.img#2@all#0:/'], options);
    expect(listed).toMatchObject({ status: 0, stderr: '' });
    expect(listed.stdout).toContain('toys.txt');
    const opened = await cli(['layout', 'disk.img#1@all'], options);
    expect(opened.stdout).toContain('One volume: vfat "TOYS"');
    expect(opened.stdout).toContain(`In a container: toy_box on ${disk}#1, ${disk}#2, read by vendor.box`);
  });

  test('is copied from, by a plan that is refused once another is there', async () => {
    const target = path('copy.img');
    await writeFile(target, Buffer.alloc(content.length));
    const copied = await cli(['clone', 'disk', 'disk.img#1@all', target, '--yes'], options);
    expect(copied).toMatchObject({ status: 0 });
    expect((await cli(['cat', `${target}#0:/toys.txt`], options)).stdout).toBe('a bear and a train\n');

    const plan = path('plan.json');
    const first = await readFile(path('member0.img'));
    const made = await cli(['clone', 'disk', 'member0.img#0@first', target, '--plan', plan], options);
    expect(made).toMatchObject({ status: 0 });
    await writeFile(path('member0.img'), Buffer.concat([first.subarray(0, 4096), randomBytes(PART_BYTES)]));
    const refused = await cli(['plan', 'apply', plan, '--yes'], options);
    await writeFile(path('member0.img'), first);
    expect(refused).toMatchObject({ status: 3 });
    expect(refused.stderr).toContain('member0.img#0@first is not the source that the plan was made for');
  });

  test('is never written', async () => {
    const refused = await cli(['clone', 'disk', path('volume.img'), 'disk.img#1@all', '--yes'], options);
    expect(refused).toMatchObject({ status: 3 });
    expect(refused.stderr).toContain(`${disk}#1@all is a device in a container: it can be read, not written`);
  });
});

describe('a container on several devices', () => {
  test('needs them all to be named, and says so', async () => {
    const together = await cli(['cat', 'member0.img#0+member1.img#0@all#0:/toys.txt'], options);
    expect(together).toMatchObject({ status: 0, stdout: 'a bear and a train\n' });
    const alone = await cli(['layout', 'member0.img#0@all'], options);
    expect(alone).toMatchObject({ status: 3 });
    expect(alone.stderr).toContain('member0.img#0@all is not available: 1 of its 2 members are missing');
    expect(alone.stderr).toContain('A#1+B#1@NAME');
  });

  test('tells which devices there are when none of a name is', async () => {
    const wrong = await cli(['layout', 'member0.img#0@none'], options);
    expect(wrong).toMatchObject({ status: 2 });
    expect(wrong.stderr).toContain('there is no device "none" in the container of');
    expect(wrong.stderr).toContain('It holds all, first.');
    const none = await cli(['layout', 'volume.img#0@all'], options);
    expect(none).toMatchObject({ status: 2 });
    expect(none.stderr).toContain('volume.img#0 is no volume group, array or encrypted container');
  });

  test('gives way to a file of its name', async () => {
    await writeFile(path('member0.img#0@first'), Buffer.alloc(MIB));
    const layout = await cliJson<DeviceLayout>(['layout', 'member0.img#0@first'], options);
    await rm(path('member0.img#0@first'));
    expect(layout.device.size).toBe(MIB);
  });
});

describe('an encrypted container', () => {
  const shown = ['cat', 'locked.img#0@all#0:/toys.txt'];

  test('says that it is locked, and what to do', async () => {
    expect((await cli(['info', 'locked.img#0'], options)).stdout).toContain('is locked: it is locked');
    const refused = await cli(shown, options);
    expect(refused).toMatchObject({ status: 2, stdout: '' });
    expect(refused.stderr).toContain(`${locked}#0: it is locked`);
    expect(refused.stderr).toContain('--password-file FILE');
  });

  test('is opened with a passphrase from a file or the environment, and by no other', async () => {
    expect((await cli([...shown, '--password-file', path('secret')], options)).stdout).toBe('a bear and a train\n');
    expect((await cli(shown, { ...options, env: { DISKWRIGHT_PASSWORD: SECRET } })).stdout).toBe('a bear and a train\n');
    const info = await cli(['info', 'locked.img#0', '--password-file', path('secret')], options);
    expect(info.stdout).toContain('locked.img#0@first');
    const wrong = await cli(shown, { ...options, env: { DISKWRIGHT_PASSWORD: 'hunter2' } });
    expect(wrong).toMatchObject({ status: 2, stdout: '' });
    expect(wrong.stderr).toContain('the passphrase is not that of this box');
  });

  test('asks for it on a terminal, which shows nothing of it', async () => {
    requireTool('script');
    const ended = await onTerminal(['cat', `${locked}#0@all#0:/toys.txt`], options.home, `${SECRET}\r`, `${locked}#0: `);
    expect(ended).toMatchObject({ status: 0 });
    expect(ended.shown).toContain('a bear and a train');
    expect(ended.shown).not.toContain(SECRET);
  });

  test('has its passphrase read in no process, log, trace, plan, job or file, though the plugin tells it', async () => {
    const target = path('unlocked.img');
    await writeFile(target, Buffer.alloc(content.length));
    // As "plugin dev" does, so that all messages are traced.
    const { traceFile, dispose } = await linkPlugin(options.home, 'vendor.box', path('plugins/box'));
    onTestFinished(dispose);
    const copying = cli(['clone', 'disk', 'locked.img#0@all', target, '--yes', '--password-file', path('secret')], options);
    expect(await shownByProcesses(SECRET, copying)).toEqual([]);
    expect(await copying).toMatchObject({ status: 0 });
    const trace = await readFile(traceFile, 'utf8');
    expect(trace).toMatch(/container\/open.*•••/);
    expect(trace).toMatch(/log\/write.*opened with •••/);
    expect(await filesWith(options.home, SECRET)).toEqual([]);
  });
});
