/** Manifests that are made to take room from others, or to be taken for something else. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { builtInPackages, makeDistribution } from '../support/distribution';
import { scratchFolder } from '../support/scratch';
import { type RunningWorkbench, startWorkbench } from '../support/workbench';

/** A workbench with the built-in plugins and one more of each of these manifests' `contributes`. */
async function workbenchWith(plugins: Record<string, object>): Promise<RunningWorkbench> {
  const folder = await scratchFolder();
  const env = await makeDistribution(join(folder, 'dist'), await builtInPackages());
  for (const [name, contributes] of Object.entries(plugins)) {
    const plugin = join(folder, 'dist', 'plugins', name);
    await mkdir(plugin);
    const diskwright = { main: 'main.cjs', contributes };
    const manifest = { name: `@vendor/${name}`, version: '1.0.0', engines: { diskwright: '^0.1.0' }, diskwright };
    await writeFile(join(plugin, 'package.json'), JSON.stringify(manifest));
    await writeFile(join(plugin, 'main.cjs'), '');
  }
  return startWorkbench({ home: join(folder, 'home'), env });
}

const command = (id: string, properties: object, description = ''): object => ({
  id,
  title: id,
  description,
  returns: 'value',
  input: { type: 'object', properties },
});

test('a manifest as large as a message keeps nobody from seeing the others', async () => {
  const many = <T>(make: (at: number) => T): T[] => Array.from({ length: 15 }, (_, at) => make(at));
  const settings = many((at) => [
    `vendor.settings.s${String.fromCharCode(97 + at)}`,
    { type: 'string', default: '', description: 'W'.repeat(60_000) },
  ]);
  const workbench = await workbenchWith({
    commands: { commands: many((at) => command(`large.c${at}`, {}, 'W'.repeat(60_000))) },
    titles: { commands: many((at) => ({ ...command(`titles.c${at}`, {}), title: 'W'.repeat(60_000) })) },
    settings: { settings: Object.fromEntries(settings) as object },
  });
  const { commands } = await workbench.request('commands/list', {});
  expect(commands.map(({ contribution }) => contribution.id)).toContain('disk-clone.cloneDisk');
  const { plugins } = await workbench.request('plugins/list', {});
  expect(plugins.map(({ id }) => id)).toEqual(expect.arrayContaining(['disk-clone', 'fs-ext', 'vendor.commands']));
  const { groups } = await workbench.request('settings/schema', {});
  expect(groups.flatMap(({ properties }) => Object.keys(properties))).toEqual(
    expect.arrayContaining(['workbench.theme', 'disk-clone.bootGapMiB']),
  );
  await workbench.request('settings/values', {});
});

test('what every object has is no name of a field', async () => {
  const names = ['constructor', '__proto__', 'toString', 'hasOwnProperty'];
  const plugins = names.map((name, at) => {
    const properties = JSON.parse(`{"${name}":{"type":"string"}}`) as object;
    return [`prototype${at}`, { commands: [command(`prototype.c${at}`, properties)] }] as const;
  });
  const workbench = await workbenchWith(Object.fromEntries(plugins));
  const { plugins: listed } = await workbench.request('plugins/list', {});
  for (const [at, name] of names.entries()) {
    const plugin = listed.find(({ id }) => id === `vendor.prototype${at}`)!;
    expect(plugin.state).toBe('invalid');
    expect(plugin.problems.join()).toContain(`"${name}" cannot be the name of a field`);
  }
});
