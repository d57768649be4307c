/** Plugins installed, updated, left again and removed, from outside: by the command line, and seen by a workbench that runs all the while. */
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cli, cliJson, type CliOptions } from '../support/cli';
import { echoPackage, manifest, packed, writePackage } from '../support/pluginPackages';
import { scratchFolder } from '../support/scratch';
import { startWorkbench } from '../support/workbench';

interface Listed {
  id: string;
  version: string;
  state: string;
  note: string | null;
  problems: string[];
}

async function emptyHome(): Promise<{ scratch: string; options: CliOptions }> {
  const scratch = await scratchFolder();
  return { scratch, options: { home: join(scratch, 'home') } };
}

const says = (options: CliOptions): Promise<unknown> => cliJson(['echo', 'say', 'hello'], options);
const listed = async (options: CliOptions, id = 'vendor.echo'): Promise<Listed | undefined> =>
  (await cliJson<Listed[]>(['plugin', 'list'], options)).find((plugin) => plugin.id === id);

test('a package that is installed while a workbench runs brings its command to both, at once', async () => {
  const { scratch, options } = await emptyHome();
  const workbench = await startWorkbench({ home: options.home });
  const commands = async (): Promise<string[]> =>
    (await workbench.request('commands/list', {})).commands.map(({ contribution }) => (contribution as { id: string }).id);
  expect(await commands()).not.toContain('echo.say');

  const result = await cli(['plugin', 'install', await echoPackage(scratch, '1.0.0')], options);
  expect(result).toMatchObject({ status: 0, stdout: 'vendor.echo 1.0.0 is installed.\n' });

  expect(await says(options)).toMatchObject({ version: '1.0.0', word: 'hello' });
  expect((await cli(['--help'], options)).stdout).toMatch(/^ +echo /m);
  const input = { ...options, input: '{"word":"called"}' };
  expect(await cliJson(['call', 'echo.say', '--input', '-'], input)).toMatchObject({ word: 'called' });
  await expect.poll(commands, { timeout: 10_000 }).toContain('echo.say');
  const run = { token: 't', command: 'echo.say', input: { word: 'window' } };
  expect(await workbench.request('commands/execute', run)).toMatchObject({ value: { version: '1.0.0', word: 'window' } });

  expect((await cli(['plugin', 'remove', 'vendor.echo'], options)).status).toBe(0);
  expect((await cli(['echo', 'say'], options)).status).toBe(2);
  await expect.poll(commands, { timeout: 10_000 }).not.toContain('echo.say');
  expect((await readdir(join(options.home, 'plugins'))).filter((name) => !name.startsWith('.'))).toEqual([]);
});

test('an update is used at once, and gone back from', async () => {
  const { scratch, options } = await emptyHome();
  await cli(['plugin', 'install', await echoPackage(scratch, '1.0.0')], options);
  const updated = await cli(['plugin', 'install', await echoPackage(scratch, '2.0.0')], options);
  expect(updated).toMatchObject({ status: 0, stdout: 'vendor.echo 2.0.0 is in use in place of 1.0.0.\n' });
  expect(await says(options)).toMatchObject({ version: '2.0.0' });
  expect((await cli(['plugin', 'rollback', 'vendor.echo'], options)).status).toBe(0);
  expect(await says(options)).toMatchObject({ version: '1.0.0' });
  expect((await readdir(join(options.home, 'plugins', 'vendor.echo'))).sort()).toEqual(['1.0.0', '2.0.0']);
});

test('a version that fails its own test is not taken into use, and its log is shown', async () => {
  const { scratch, options } = await emptyHome();
  await cli(['plugin', 'install', await echoPackage(scratch, '1.0.0')], options);
  const selfTest = `console.error('no such table'); throw new Error('the table is missing');`;
  const failed = await cli(['plugin', 'install', await echoPackage(scratch, '3.0.0', selfTest)], options);
  expect(failed.status).toBe(1);
  expect(failed.stderr).toContain('vendor.echo 3.0.0 does not work here, so 1.0.0 stays in use: the table is missing');
  expect(failed.stderr).toContain('stderr: no such table');
  expect(await says(options)).toMatchObject({ version: '1.0.0' });
  expect(await readdir(join(options.home, 'plugins', 'vendor.echo'))).toEqual(['1.0.0']);
});

test('a plugin that needs another waits for it, with the reason', async () => {
  const { scratch, options } = await emptyHome();
  const needing = manifest(
    { name: '@vendor/needing', version: '1.0.0' },
    { contributes: {}, requires: [{ service: 'vendor.echo', range: '^2.0.0' }] },
  );
  const archive = await writePackage(join(scratch, 'needing.tgz'), packed(needing, ''));
  const refused = await cli(['plugin', 'install', archive], options);
  expect(refused.status).toBe(3);
  expect(refused.stderr).toContain('it needs vendor.echo ^2.0.0, and no plugin in use provides it');
});

test('the safe mode has only what came with Diskwright; single plugins can be left out', async () => {
  const { scratch, options } = await emptyHome();
  await cli(['plugin', 'install', await echoPackage(scratch, '1.0.0')], options);
  expect((await cli(['--no-plugins', 'echo', 'say'], options)).status).toBe(2);
  expect((await cli(['echo', 'say', '--without', 'vendor.echo'], options)).status).toBe(2);
  expect(await says(options)).toMatchObject({ version: '1.0.0' });
});

test('two installers at once leave a store that holds what both installed', async () => {
  const { scratch, options } = await emptyHome();
  await mkdir(options.home);
  const other = manifest({ name: '@vendor/other' }, { contributes: {} });
  const archives = [
    await echoPackage(scratch, '1.0.0'),
    await echoPackage(scratch, '1.1.0'),
    await writePackage(join(scratch, 'other.tgz'), packed(other, 'process.on("message", () => {})')),
  ];
  const results = await Promise.all(archives.slice(0, 2).map((archive) => cli(['plugin', 'install', archive], options)));
  expect(results.map(({ status }) => status)).toEqual([0, 0]);
  expect(await listed(options)).toMatchObject({ state: 'stopped', problems: [] });
});
