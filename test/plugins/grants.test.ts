/** What plugins from outside may do: asked, granted for each device, and taken back, while they run. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { AuditRecord } from '../../core/src/common/audit';
import type { PluginEntry } from '../../core/src/common/workbench';
import { cli, cliJson, type CliOptions } from '../support/cli';
import { hostHere } from '../support/hostHere';
import { onTerminal } from '../support/onTerminal';
import { readerPackage } from '../support/readerPlugin';
import { makeImage, MIB } from '../support/sampleDisk';
import { scratchFolder } from '../support/scratch';
import { requireTool } from '../support/tools';

interface Setting {
  scratch: string;
  options: CliOptions;
  image: string;
  other: string;
}

const BOTH = ['device.read', 'device.write'];

/** With the plugin installed, and nothing granted. */
async function setting(capabilities: string[] = BOTH, otherTarget?: string): Promise<Setting> {
  const scratch = await scratchFolder();
  const options = { home: join(scratch, 'home') };
  const [image, other] = [join(scratch, 'disk.img'), join(scratch, 'other.img')];
  for (const path of [image, other]) await makeImage(path, 4 * MIB, 0x5a);
  const archive = await readerPackage(scratch, '1.0.0', capabilities, otherTarget);
  expect(await cli(['plugin', 'install', archive], options)).toMatchObject({ status: 0 });
  return { scratch, options, image, other };
}

const readerOf = async (options: CliOptions): Promise<PluginEntry> =>
  (await cliJson<PluginEntry[]>(['plugin', 'list'], options)).find(({ id }) => id === 'vendor.reader')!;

describe('a plugin from outside', () => {
  test('reads nothing of a device before it is granted, and only that device then', async () => {
    const { options, image, other } = await setting();
    const refused = await cli(['reader', 'first', image], options);
    expect(refused.status).toBe(3);
    expect(refused.stderr).toContain(`you have not granted vendor.reader device.read of ${image}`);
    expect(refused.stderr).toContain(`diskwright plugin grant vendor.reader device.read ${image}`);
    expect(await cliJson<AuditRecord[]>(['plugin', 'audit', 'vendor.reader'], options)).toEqual([]);

    expect((await cli(['plugin', 'grant', 'vendor.reader', 'device.read', image], options)).status).toBe(0);
    expect(await cliJson(['reader', 'first', image], options)).toMatchObject({ byte: 0x5a });
    expect((await cli(['reader', 'first', other], options)).status).toBe(3);
    const grants = await cliJson(['plugin', 'grants'], options);
    expect(grants).toContainEqual({ plugin: 'vendor.reader', capability: 'device.read', device: image });

    expect((await cli(['plugin', 'revoke', 'vendor.reader'], options)).status).toBe(0);
    expect((await cli(['reader', 'first', image], options)).status).toBe(3);
    expect(await cliJson(['plugin', 'grants'], options)).toEqual([]);
  });

  test('is granted what it asks for by --yes, lastingly', async () => {
    const { options, image } = await setting();
    const first = await cli(['reader', 'first', image, '--yes'], options);
    expect(first).toMatchObject({ status: 0, stderr: expect.stringContaining(`may read ${image}`) as string });
    expect((await cli(['reader', 'first', image], options)).status).toBe(0);
  });

  test('is shown with its grants and their devices, how it is protected, and what it takes', async () => {
    const { options, image } = await setting();
    await cli(['reader', 'first', image, '--yes'], options);
    const { status, stdout } = await cli(['plugin', 'show', 'vendor.reader'], options);
    expect(status).toBe(0);
    for (const line of [
      /^Reader \(vendor\.reader\):\n  1\.0\.0, running/,
      `\n  device.read of ${image}\n`,
      /\nProtection in force:\n  \w/,
      /\n  start: \d+ ms/,
    ])
      expect(stdout).toMatch(line);
    expect(await cliJson(['plugin', 'show', 'vendor.reader'], options)).toMatchObject({ id: 'vendor.reader', state: 'running' });
    expect((await cli(['plugin', 'show', 'vendor.nothing'], options)).status).toBe(2);
  });

  test('is asked about on a terminal, with what is on the device', async () => {
    requireTool('script');
    const { options, image } = await setting();
    const denied = await onTerminal(['reader', 'first', image], options.home, 'no\n');
    expect(denied.status).toBe(130);
    expect(denied.shown).toContain(`Reader (vendor.reader, not from Diskwright) may read ${image} (4 MiB)?`);
    expect(denied.shown).toContain('not granted; nothing was done');
    expect((await onTerminal(['reader', 'first', image], options.home, 'yes\n')).status).toBe(0);
    expect((await cli(['reader', 'first', image], options)).status).toBe(0);
  });

  test('makes plans for a device that it may read only after it may write it', async () => {
    const { scratch, options, image } = await setting();
    await cli(['plugin', 'grant', 'vendor.reader', 'device.read', image], options);
    const plan = join(scratch, 'wipe.plan');
    const refused = await cli(['reader', 'wipe', image, '--plan', plan], options);
    expect(refused.status).toBe(3);
    expect(refused.stderr).toContain(`you have not granted vendor.reader device.write of ${image}`);
    await cli(['plugin', 'grant', 'vendor.reader', 'device.write', image], options);
    expect((await cli(['reader', 'wipe', image, '--plan', plan], options)).status).toBe(0);
  });

  test('may not make a plan for a device that it was not given', async () => {
    const victim = '/tmp/victim.img';
    const { scratch, options, image } = await setting(BOTH, victim);
    const refused = await cli(['reader', 'wipe', image, '--yes', '--plan', join(scratch, 'wipe.plan')], options);
    expect(refused.status).toBe(3);
    expect(refused.stderr).toContain(`the plan of plugin vendor.reader writes ${victim}, which it was not given to write`);
  });

  test('is granted nothing that it does not ask for', async () => {
    const { options, image } = await setting(['device.read']);
    const result = await cli(['plugin', 'grant', 'vendor.reader', 'device.write', image], options);
    expect(result.status).toBe(2);
    expect(result.stderr).toContain('vendor.reader does not ask for device.write');
  });

  test('loses what it reads at once when the grant is taken back, in a host that runs', async () => {
    const { options, image } = await setting();
    // More than the plugin's own cache holds.
    await makeImage(image, 1024 * MIB);
    await cli(['plugin', 'grant', 'vendor.reader', 'device.read', image], options);
    const host = await hostHere(options.home);
    let watching: Promise<unknown> = Promise.resolve();
    await new Promise<void>((begun) => {
      watching = host.commands.execute('reader.watch', { device: image }, { onProgress: () => begun() });
      watching.catch(() => undefined);
    });
    expect((await cli(['plugin', 'revoke', 'vendor.reader', 'device.read', image], options)).status).toBe(0);
    await expect(watching).rejects.toThrow(/lease|revoked|closed/i);
    await expect(host.commands.execute('reader.first', { device: image }, {})).rejects.toThrow(/you have not granted/);
  });

  test('has nothing granted by a file of grants that is damaged', async () => {
    const { options, image } = await setting();
    await cli(['plugin', 'grant', 'vendor.reader', 'device.read', image], options);
    await makeImage(join(options.home, 'pluginGrants.json'), 16);
    expect((await cli(['reader', 'first', image], options)).status).toBe(3);
    expect((await cli(['plugin', 'list'], options)).stderr).toContain('pluginGrants.json is damaged, so nothing is granted');
  });
});

test('a plugin that came with Diskwright has what it asks for, and no grant of it is to be had', async () => {
  const { options, image } = await setting();
  const result = await cli(['plugin', 'grant', 'disk-clone', 'device.read', image], options);
  expect(result).toMatchObject({ status: 2, stderr: expect.stringContaining('came with Diskwright') as string });
});

test('an update that asks for more waits until it is granted', async () => {
  const { scratch, options, image } = await setting(['device.read']);
  await cli(['plugin', 'grant', 'vendor.reader', 'device.read', image], options);
  const update = await cli(['plugin', 'install', await readerPackage(scratch, '4.0.0', BOTH)], options);
  expect(update).toMatchObject({ status: 0, stdout: expect.stringContaining('4.0.0 is installed and waits') as string });
  expect(await readerOf(options)).toMatchObject({ version: '1.0.0', waiting: { version: '4.0.0', asks: ['device.write'] } });
  expect((await cli(['plugin', 'list'], options)).stderr).toContain('diskwright plugin grant vendor.reader device.write');
  expect(await cliJson(['reader', 'first', image], options)).toMatchObject({ version: '1.0.0' });

  const granted = await cli(['plugin', 'grant', 'vendor.reader', 'device.write'], options);
  expect(granted.stdout).toContain('vendor.reader 4.0.0 is in use in place of 1.0.0.');
  expect(await readerOf(options)).toMatchObject({ version: '4.0.0', waiting: null });
  expect(await cliJson(['reader', 'first', image], options)).toMatchObject({ version: '4.0.0' });
  const file = JSON.parse(await readFile(join(options.home, 'pluginGrants.json'), 'utf8')) as object;
  expect(file).toMatchObject({ 'vendor.reader': { capabilities: ['device.read', 'device.write'] } });
});

test('an update that asks for more is used at once when the user agrees beforehand', async () => {
  const { scratch, options } = await setting(['device.read']);
  const update = await cli(['plugin', 'install', '--yes', await readerPackage(scratch, '4.0.0', BOTH)], options);
  expect(update.stdout).toBe('vendor.reader 4.0.0 is in use in place of 1.0.0.\n');
});
