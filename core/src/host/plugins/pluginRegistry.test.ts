import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { describeProblem } from './manifestProblem';
import { PluginRegistry } from './pluginRegistry';

const field = (more: object) => ({ type: 'string', ...more });
const goodCommand = {
  id: 'good.run',
  title: 'Run',
  returns: 'plan',
  input: {
    type: 'object',
    required: ['source'],
    properties: { source: field({ format: 'device', access: 'write' }), size: { type: 'integer' } },
  },
  cli: { path: ['good', 'run'], positionals: ['source'] },
};
const good = {
  name: '@diskwright/good',
  version: '1.2.3',
  engines: { diskwright: '^0.1.0' },
  diskwright: { main: 'main.cjs', contributes: { commands: [goodCommand] }, capabilities: ['device.write'] },
};

/** A folder of plugin folders, each with this package.json (text is taken as it is) and a main.cjs. */
async function packages(contents: Record<string, unknown>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'dw-registry-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(contents)) {
    await mkdir(join(folder, name));
    await writeFile(join(folder, name, 'package.json'), typeof content === 'string' ? content : JSON.stringify(content));
    await writeFile(join(folder, name, 'main.cjs'), '');
  }
  return folder;
}

const load = (folder: string, indexFile: string | null = null) =>
  PluginRegistry.load({ folders: [folder], hostVersion: '0.1.0', indexFile });

/** The good package with some of its `diskwright` section changed. */
function changed(section: object, rest: object = {}): object {
  return { ...good, ...rest, diskwright: { ...good.diskwright, ...section } };
}

async function problemsOf(packageJson: unknown): Promise<string[]> {
  const registry = await load(await packages({ plugin: packageJson }));
  return registry.list()[0]!.problems.map(describeProblem);
}

test('a good package is ready, with its contributions', async () => {
  const registry = await load(await packages({ good }));
  expect(registry.list()).toMatchObject([{ id: 'good', version: '1.2.3', state: 'ready', problems: [] }]);
  expect(registry.commands().map(({ plugin, contribution }) => [plugin.id, contribution.id])).toEqual([['good', 'good.run']]);
});

test('every error of a manifest is listed, with its path and how to mend it', async () => {
  const contributes = {
    commands: [
      {
        id: 'No Good',
        title: 'x',
        returns: 'planx',
        input: { type: 'object', properties: { a: field({ format: 'nope' }), b: { type: 'integer', format: 'size' }, c: {} } },
        extra: 1,
      },
    ],
    filesystems: [{ id: 'f', title: 'f', types: [], magic: [[{ offset: 0.5, bytes: 'XY' }]] }],
  };
  expect(await problemsOf(changed({ contributes, capabilities: ['device.fly'] }, { version: '1' }))).toEqual([
    'version: "1" is not of the right form. Write a version such as 1.2.3.',
    'diskwright.contributes.commands[0]: "extra" is not known here. Remove "extra", or check how it is spelled.',
    expect.stringMatching(/^diskwright\.contributes\.commands\[0\]\.id: "No Good" is not of the right form\. Write words/),
    expect.stringMatching(
      /^diskwright\.contributes\.commands\[0\]\.input\.properties\.a\.format: "nope" is not allowed\. Use one of "device", "volume"/,
    ),
    'diskwright.contributes.commands[0].input.properties.b: "format" is not known here. Remove "format", or check how it is spelled.',
    expect.stringMatching(/^diskwright\.contributes\.commands\[0\]\.input\.properties\.c/),
    'diskwright.contributes.commands[0].returns: "planx" is not allowed. Use one of "plan", "view", "value", "list", "content", "operation".',
    expect.stringMatching(/^diskwright\.contributes\.filesystems\[0\]\.types: \[\] must NOT have fewer than 1 items/),
    'diskwright.contributes.filesystems[0].magic[0][0].offset: 0.5 is of the wrong type. Make it of type integer.',
    expect.stringMatching(
      /^diskwright\.contributes\.filesystems\[0\]\.magic\[0\]\[0\]\.bytes: "XY" is not of the right form\. Write 1 to 64 bytes/,
    ),
    expect.stringMatching(/^diskwright\.capabilities\[0\]: "device\.fly" is not of the right form\. Write device\.read/),
  ]);
});

test('what a schema cannot say is checked as well, all of it', async () => {
  const command = {
    ...goodCommand,
    input: {
      type: 'object',
      required: ['target', 'gone'],
      properties: { mode: field({ enum: ['a', 'b'], default: 'c' }), target: field({ format: 'path', access: 'write' }) },
    },
    cli: { path: ['x'], positionals: ['mode', 'target', 'nowhere'], options: { lost: 'l' } },
  };
  const filesystem = {
    id: 'f',
    title: 'f',
    types: ['f'],
    magic: [[{ offset: 4 * 1024 * 1024, bytes: '01' }], [{ offset: -1, bytes: '0102' }], [{ offset: 0, bytes: '00' }]],
  };
  const contributes = {
    commands: [command, { ...goodCommand, cli: undefined }],
    filesystems: [filesystem, { ...filesystem, magic: [[{ offset: 0, bytes: '01' }]] }],
  };
  const problems = await problemsOf(
    changed({ contributes, capabilities: [], main: '../outside.cjs' }, { engines: { diskwright: 'newest' } }),
  );
  expect(problems.map((problem) => problem.split(':', 1)[0])).toEqual([
    'diskwright.contributes.commands[1].id',
    'diskwright.contributes.filesystems[1].id',
    'diskwright.contributes.commands[0].input.required[1]',
    'diskwright.contributes.commands[0].cli.positionals[2]',
    'diskwright.contributes.commands[0].cli.options.lost',
    'diskwright.contributes.commands[0].input.properties.mode.default',
    'diskwright.contributes.commands[0].input.properties.target.access',
    'diskwright.contributes.commands[0].cli.positionals',
    'diskwright.contributes.filesystems[0].magic[0][0].offset',
    'diskwright.contributes.filesystems[0].magic[1][0].offset',
    'diskwright.contributes.filesystems[0].magic[2]',
    'diskwright.contributes.commands[0]',
    'diskwright.contributes.commands[1]',
    'engines.diskwright',
    'diskwright.main',
  ]);
});

test('a bundle outside of the package is refused, also behind a link', async () => {
  const folder = await packages({ plugin: changed({ main: 'link.cjs' }) });
  await symlink('/etc/hostname', join(folder, 'plugin', 'link.cjs'));
  expect((await load(folder)).list()[0]!.problems).toMatchObject([
    { path: 'diskwright.main', message: '"link.cjs" is a link to a place outside of the package' },
  ]);
});

test('a package for another version is listed as incompatible, with the reason', async () => {
  const registry = await load(await packages({ plugin: { ...good, engines: { diskwright: '^9.0.0' } } }));
  expect(registry.list()).toMatchObject([
    { state: 'incompatible', plugin: null, problems: [{ message: 'it is made for Diskwright ^9.0.0; this is 0.1.0' }] },
  ]);
});

test('broken packages do not stop the others', async () => {
  const registry = await load(await packages({ a: '{', b: '[]', good, z: { name: 'z' } }));
  expect(registry.list().map(({ id, state }) => [id, state])).toEqual([
    ['a', 'invalid'],
    ['b', 'invalid'],
    ['good', 'ready'],
    ['z', 'invalid'],
  ]);
  expect(registry.get('good')).not.toBeNull();
  expect(registry.get('z')).toBeNull();
});

test('the second of two plugins with the same command is refused, naming the first', async () => {
  const registry = await load(await packages({ first: good, second: { ...good, name: '@vendor/other' } }));
  expect(registry.list().map(({ id, state }) => [id, state])).toEqual([
    ['good', 'ready'],
    ['vendor.other', 'invalid'],
  ]);
  expect(registry.list()[1]!.problems.map(({ path }) => path)).toEqual([
    'diskwright.contributes.commands[0].id',
    'diskwright.contributes.commands[0].cli.path',
  ]);
});

test('an unchanged package is taken from the index, a changed one is read again', async () => {
  const folder = await packages({ good });
  const index = join(await packages({}), 'cache', 'plugins.json');
  await load(folder, index);
  await rm(join(folder, 'good', 'main.cjs'));
  expect((await load(folder, index)).get('good')?.version).toBe('1.2.3');
  await writeFile(join(folder, 'good', 'package.json'), JSON.stringify({ ...good, version: '2.0.0' }));
  expect((await load(folder, index)).list()).toMatchObject([
    { id: 'good', state: 'invalid', problems: [{ path: 'diskwright.main' }] },
  ]);
});

test('a damaged index is passed over', async () => {
  const folder = await packages({ good });
  const index = join(await packages({}), 'plugins.json');
  await writeFile(index, '{"format":1,"entries":7');
  expect((await load(folder, index)).get('good')?.version).toBe('1.2.3');
});
