/** Plugins from an npm registry, by name, range and tag, on the command line. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cli, cliJson, type CliOptions } from '../support/cli';
import { type NpmRegistry, startNpmRegistry } from '../support/npmRegistry';
import { echoPackage } from '../support/pluginPackages';
import { startCli } from '../support/runningCli';
import { scratchFolder } from '../support/scratch';
import { waitFor } from '../support/waitFor';

const NAME = '@vendor/echo';

interface Rig {
  registry: NpmRegistry;
  options: CliOptions;
  publish(version: string, integrity?: string | null): Promise<void>;
}

/** A registry, and a user who has it in npm's settings. */
async function rig(...versions: string[]): Promise<Rig> {
  const scratch = await scratchFolder();
  const registry = await startNpmRegistry();
  const publish = async (version: string, integrity?: string | null): Promise<void> =>
    registry.publish(NAME, version, await echoPackage(scratch, version), integrity);
  for (const version of versions) await publish(version);
  return { registry, options: { home: join(scratch, 'home'), env: registry.env, cwd: scratch }, publish };
}

const plugin = (options: CliOptions, ...args: string[]): ReturnType<typeof cli> => cli(['plugin', ...args], options);
const stored = async ({ home }: CliOptions): Promise<string[]> =>
  (await readdir(join(home, 'plugins')).catch(() => [])).filter((name) => !name.startsWith('.'));
const staged = ({ home }: CliOptions): Promise<string[]> => readdir(join(home, 'plugins', '.staging')).catch(() => []);

test('a plugin is installed by its name, in the version that is the latest', async () => {
  const { options } = await rig('1.0.0', '1.1.0');
  expect(await plugin(options, 'install', NAME)).toMatchObject({ status: 0, stdout: 'vendor.echo 1.1.0 is installed.\n' });
  expect(await cliJson(['echo', 'say', 'x'], options)).toMatchObject({ version: '1.1.0' });
  expect(await staged(options)).toEqual([]);
});

test.each([
  ['^1.0.0', '1.1.0'],
  ['1.0.0', '1.0.0'],
  ['next', '2.0.0'],
])('%s is %s of it', async (range, version) => {
  const { options, registry } = await rig('1.0.0', '1.1.0', '2.0.0');
  registry.tag(NAME, 'next', '2.0.0');
  registry.tag(NAME, 'latest', '1.1.0');
  expect(await plugin(options, 'install', `${NAME}@${range}`)).toMatchObject({
    status: 0,
    stdout: `vendor.echo ${version} is installed.\n`,
  });
});

test('an update takes what the registry has by now, within the range that was asked for', async () => {
  const { options, publish } = await rig('1.0.0');
  await plugin(options, 'install', `${NAME}@^1.0.0`);
  expect((await plugin(options, 'update', 'vendor.echo')).stdout).toBe('vendor.echo 1.0.0 is in use already.\n');
  await publish('1.2.0');
  await publish('2.0.0');
  expect(await plugin(options, 'update')).toMatchObject({
    status: 0,
    stdout: 'vendor.echo 1.2.0 is in use in place of 1.0.0.\n',
  });
  expect(await cliJson(['echo', 'say', 'x'], options)).toMatchObject({ version: '1.2.0' });
});

test('an archive that is not the one that the registry promises is refused, and nothing of it stays', async () => {
  const { options, publish } = await rig();
  await publish('1.0.0', `sha512-${Buffer.alloc(64, 1).toString('base64')}`);
  const refused = await plugin(options, 'install', NAME);
  expect(refused.status).toBe(3);
  expect(refused.stderr).toContain('what was fetched has not the digest that the registry gives');
  expect([await stored(options), await staged(options)]).toEqual([[], []]);
});

test.each([
  ['@vendor/nothing', 2, 'the registry has no package @vendor/nothing'],
  [`${NAME}@^9`, 2, `the registry has no version of ${NAME}@^9 that fits`],
  ['git+https://example.org/echo.git', 2, 'is no file, no folder and no name of a package'],
])('%s is told of in words', async (wanted, status, words) => {
  const { options } = await rig('1.0.0');
  const refused = await plugin(options, 'install', wanted);
  expect(refused.status).toBe(status);
  expect(refused.stderr).toContain(words);
});

test('a version without a digest that counts is refused', async () => {
  const { options, publish } = await rig();
  await publish('1.0.0', null);
  const refused = await plugin(options, 'install', NAME);
  expect(refused.status).toBe(3);
  expect(refused.stderr).toContain('gives no SHA-512 digest');
});

test('a registry that is not there is told of', async () => {
  const { options } = await rig();
  const env = { npm_config_registry: 'http://127.0.0.1:9/', npm_config_fetch_retries: '0' };
  const failed = await plugin({ ...options, env }, 'install', NAME);
  expect(failed.status).toBe(1);
  expect(failed.stderr).toContain('cannot be fetched from the registry');
});

test.each(['SIGINT', 'SIGKILL'] as const)(
  'an installation that is ended by %s while a slow registry sends leaves a store that works',
  async (signal) => {
    const { options, registry, publish } = await rig('1.0.0');
    await plugin(options, 'install', NAME);
    await publish('1.1.0');
    const goOn = registry.hold();
    const installing = startCli(['plugin', 'install', NAME], { home: options.home, env: registry.env });
    await waitFor(() => registry.asked.at(-1) === `${NAME}/-/1.1.0.tgz`, 'the archive is asked for');
    installing.kill(signal);
    const { status } = await installing.ended;
    expect(status).toBe(signal === 'SIGINT' ? 130 : null);
    goOn();
    expect(await cliJson(['echo', 'say', 'x'], options)).toMatchObject({ version: '1.0.0' });
    expect((await plugin(options, 'update')).stdout).toBe('vendor.echo 1.1.0 is in use in place of 1.0.0.\n');
    expect(await staged(options)).toEqual([]);
  },
);
