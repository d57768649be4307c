/** Plugins that crash, hang, flood or answer nonsense, as a user of the command line meets them. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeToyVolume } from '../../sdk/src/testing/toyFilesystem';
import { cli, cliJson, type CliOptions, type CliResult } from '../support/cli';
import { builtInPackages, makeDistribution } from '../support/distribution';
import { buildPluginFixtures } from '../support/pluginFixtures';
import { makeImage, MIB } from '../support/sampleDisk';
import { must } from '../support/tool';
import { requireTool } from '../support/tools';

let folder: string;
let options: CliOptions;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'diskwright-trouble-'));
  const env = await makeDistribution(join(folder, 'dist'), await builtInPackages());
  await buildPluginFixtures(join(folder, 'dist', 'plugins'), 'trouble', 'nonsense', 'crashfs', 'toy');
  options = { home: join(folder, 'home'), env };
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs a command of a fixture, as JSON lets any caller do. */
const call = (command: string, what: string): Promise<CliResult> =>
  cli(['call', command, '--input', '-'], { ...options, input: JSON.stringify({ what }) });

async function image(name: string, bytes: Buffer): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}

test.each([
  ['crash', /plugin vendor\.trouble ended while it worked on command\/execute: it was ended by SIGABRT/],
  ['exit', /plugin vendor\.trouble ended .* by itself with exit status 7/],
  ['throwLater', /plugin vendor\.trouble ended [\s\S]*nobody catches this/],
  ['hang', /plugin vendor\.trouble ended .*it hangs: no answer to a heartbeat/],
  ['breakProtocol', /plugin vendor\.trouble .*4000000000 bytes is larger than the 1048576 bytes allowed/],
])('%s: the command fails and names the plugin and the reason', async (what, message) => {
  const result = await call('trouble.run', what);
  expect(result.status).toBe(1);
  expect(result.stdout).toBe('');
  expect(result.stderr).toMatch(message);
  expect(result.stderr).not.toMatch(/^ +at .*\(.*:\d+:\d+\)/m);
});

test('a flood of output is dropped, and the command ends well', async () => {
  const result = await call('trouble.run', 'floodLog');
  expect(result).toMatchObject({ status: 0, stdout: '"done"\n' });
  expect(result.stderr.length).toBeLessThan(10_000);
});

test.each(['unknownKind', 'otherKind', 'plan', 'nothing', 'tooMuch'])(
  'an answer that is wrong (%s) is refused and names the culprit',
  async (what) => {
    const result = await call('nonsense.run', what);
    expect(result.status).toBe(1);
    expect(result.stdout).toBe('');
    expect(result.stderr).toMatch(/nonsense/);
  },
);

test('a provider that answers nonsense is named by info', async () => {
  const result = await cli(['info', `${await image('nonsense.img', Buffer.alloc(MIB, 'NONSENSE'))}#0`], options);
  expect(result.status).toBe(1);
  expect(result.stderr).toMatch(/plugin vendor\.nonsense/);
});

test('beside a provider that crashes, another one shows the volume', async () => {
  expect(await cliJson(['info', `${await image('toy.img', makeToyVolume())}#0`], options)).toMatchObject({
    filesystem: { type: 'toyfs' },
  });
});

describe('a disk with a volume whose provider crashes', () => {
  let disk: string;
  beforeAll(async () => {
    disk = await image('disk.img', Buffer.alloc(32 * MIB));
    const crashing = Buffer.alloc(8 * MIB);
    crashing.write('CRASH', crashing.length - 512);
    const ext = join(folder, 'ext.img');
    await makeImage(ext, 16 * MIB);
    await must('mkfs.ext4', '-q', '-L', 'sound', ext);
    await must('sh', '-c', `printf 'label: gpt\\n2048 16384 L\\n18432 32768 L\\n' | sfdisk --quiet '${disk}'`);
    await must('dd', `if=${await image('crash.img', crashing)}`, `of=${disk}`, 'bs=1M', 'seek=1', 'conv=notrunc', 'status=none');
    await must('dd', `if=${ext}`, `of=${disk}`, 'bs=1M', 'seek=9', 'conv=notrunc', 'status=none');
    await mkdir(options.home, { recursive: true });
  });

  test('is shown all the same, with a finding that names the plugin', async () => {
    requireTool('sfdisk', 'mkfs.ext4');
    const layout = await cliJson<{ partitions: { filesystem: unknown }[]; findings: { message: string }[] }>(
      ['layout', disk],
      options,
    );
    expect(layout.partitions.map(({ filesystem }) => filesystem)).toMatchObject([null, { type: 'ext4', label: 'sound' }]);
    expect(layout.findings.map(({ message }) => message)).toEqual([expect.stringMatching(/partition 1 .*plugin crashfs ended/)]);
  });

  test('is cloned by all sectors of that volume, or not at all', async () => {
    requireTool('sfdisk', 'mkfs.ext4');
    const target = join(folder, 'target.img');
    await makeImage(target, 32 * MIB);
    const result = await cli(['clone', 'disk', disk, target, '--yes'], options);
    expect(result.stderr).toMatch(/crashfs/);
    if (result.status === 0) expect((await must('cmp', '-n', String(25 * MIB), disk, target)).trim()).toBe('');
    else expect(await must('cmp', '-n', String(32 * MIB), target, '/dev/zero')).toBe('');
  });
});
