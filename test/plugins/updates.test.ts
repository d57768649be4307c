/** Updates of a plugin while a host uses it, versions that crash, and versions that are blocked. */
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Host } from '../../core/src/host/host';
import { cli, cliJson, type CliOptions } from '../support/cli';
import { hostHere } from '../support/hostHere';
import { bundle, echoCommand, echoPackage, manifest, packed, writePackage } from '../support/pluginPackages';
import { scratchFolder } from '../support/scratch';

async function home(): Promise<{ scratch: string; options: CliOptions }> {
  const scratch = await scratchFolder();
  const options = { home: join(scratch, 'home') };
  await mkdir(options.home, { mode: 0o700 });
  return { scratch, options };
}

const install = async (path: string, options: CliOptions): Promise<void> =>
  expect(await cli(['plugin', 'install', path], options)).toMatchObject({ status: 0 });
const versionOf = (host: Host): string => host.plugins.registry.get('vendor.echo')?.version ?? 'none';
const says = async (host: Host): Promise<unknown> => (await host.commands.execute('echo.say', { word: 'x' }, {})) as unknown;

/** Lists entries without end, each with the version that gives it. */
async function listingPackage(folder: string, version: string): Promise<string> {
  const main = await bundle(`
    import { definePlugin } from '@diskwright/sdk';
    async function* items(context) { for (let n = 0; n < 20000; n++) yield [{ version: '${version}', n }]; return null; }
    const list = (context) => ({ title: 'Entries', columns: [{ field: 'n', title: 'n', kind: 'count' }], items: items(context) });
    export default definePlugin({ commands: { 'echo.say': { execute: async (input, context) => ({ kind: 'list', list: list(context) }) } } });
  `);
  const commands = [{ ...echoCommand, returns: 'list' }];
  return writePackage(join(folder, `list-${version}.tgz`), packed(manifest({ version }, { contributes: { commands } }), main));
}

test('a listing ends in the version in which it began, whatever is installed meanwhile', async () => {
  const { scratch, options } = await home();
  await install(await listingPackage(scratch, '1.0.0'), options);
  const host = await hostHere(options.home);
  const begin = async (): Promise<() => Promise<{ items: unknown[]; end: unknown }>> => {
    const outcome = await host.commands.execute('echo.say', {}, {});
    if (outcome.kind !== 'list') throw new Error(`it answered a ${outcome.kind}`);
    return () => outcome.list.next();
  };
  const next = await begin();
  const seen = (await next()).items;
  await install(await listingPackage(scratch, '2.0.0'), options);
  await expect.poll(() => versionOf(host), { timeout: 20_000 }).toBe('2.0.0');
  for (let ended = false; !ended;) {
    const page = await next();
    seen.push(...page.items);
    ended = page.end !== null;
  }
  expect(seen).toHaveLength(20_000);
  expect(seen.every((item) => (item as { version: string }).version === '1.0.0')).toBe(true);
  expect((await (await begin())()).items[0]).toMatchObject({ version: '2.0.0' });
});

test('a version that crashes three times is left for the one before it, by a host that runs', async () => {
  const { scratch, options } = await home();
  await install(await echoPackage(scratch, '1.0.0'), options);
  const main = await bundle(`
    import { definePlugin } from '@diskwright/sdk';
    export default definePlugin({ commands: { 'echo.say': { execute: async () => process.exit(3) } } });
  `);
  await install(await writePackage(join(scratch, 'crashing.tgz'), packed(manifest({ version: '2.0.0' }), main)), options);
  const host = await hostHere(options.home);
  for (let crash = 0; crash < 3; crash++) await expect(says(host)).rejects.toThrow(/vendor\.echo/);
  await expect.poll(() => versionOf(host), { timeout: 20_000 }).toBe('1.0.0');
  expect(await says(host)).toMatchObject({ value: { version: '1.0.0' } });
  expect((await cli(['plugin', 'list'], options)).stderr).toContain('Version 2.0.0 was left for 1.0.0: it crashed 3 times');
});

test('a blocked version is not started, not even by a host that runs it, and not installed', async () => {
  const { scratch, options } = await home();
  await install(await echoPackage(scratch, '1.0.0'), options);
  const host = await hostHere(options.home);
  expect(await says(host)).toMatchObject({ value: { version: '1.0.0' } });
  const blocks = [{ id: 'vendor.echo', range: '<2.0.0', reason: 'it loses data' }];
  await writeFile(join(options.home, 'plugins', 'blocked.json'), JSON.stringify(blocks));
  await expect.poll(() => versionOf(host), { timeout: 20_000 }).toBe('none');
  await expect.poll(() => host.plugins.supervisor.processOf('vendor.echo'), { timeout: 20_000 }).toBeNull();
  expect((await cli(['echo', 'say'], options)).status).toBe(2);
  const listed = await cli(['plugin', 'list'], options);
  expect(listed.stdout).toMatch(/vendor\.echo +1\.0\.0 +blocked/);
  expect(listed.stderr).toContain('version 1.0.0 is blocked (<2.0.0): it loses data');

  const refused = await cli(['plugin', 'install', await echoPackage(scratch, '1.5.0')], options);
  expect(refused.status).toBe(3);
  expect(refused.stderr).toContain('version 1.5.0 is blocked (<2.0.0): it loses data');
  await install(await echoPackage(scratch, '2.0.0'), options);
  expect(await cliJson(['echo', 'say', 'x'], options)).toMatchObject({ version: '2.0.0' });
  expect(await readdir(join(options.home, 'plugins'))).toContain('blocked.json');
});

test('a version is blocked by the settings as well; a list that cannot be read lets no installed plugin start', async () => {
  const { scratch, options } = await home();
  await install(await echoPackage(scratch, '1.0.0'), options);
  await writeFile(join(options.home, 'settings.json'), '{ "plugins.blocked": ["vendor.echo 1.x: told so"] }');
  expect((await cli(['plugin', 'list'], options)).stderr).toContain('version 1.0.0 is blocked (1.x): told so');
  await writeFile(join(options.home, 'settings.json'), '{}');
  expect((await cli(['echo', 'say'], options)).status).toBe(0);
  await writeFile(join(options.home, 'plugins', 'blocked.json'), '[{ "id": "vendor.echo" }]');
  expect((await cli(['echo', 'say'], options)).status).toBe(2);
  expect((await cli(['plugin', 'list'], options)).stderr).toContain('blocked.json cannot be used');
});
