/** The built-in plugins are packages like anybody's: closed in themselves, and all that a distribution needs of them. */
import { readdir, readFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { build, type Metafile } from 'esbuild';
import { expect, test } from 'vitest';
import { cli, cliJson, projectFolder } from '../support/cli';
import { builtInPackages, makeDistribution } from '../support/distribution';
import { CLONE_TOOLS, judgeClone } from '../support/judgeClone';
import { makeImage, makeSampleDisk, MIB } from '../support/sampleDisk';
import { scratchFolder } from '../support/scratch';
import { must } from '../support/tool';
import { requireTool } from '../support/tools';

const pluginFolders = await readdir(join(projectFolder, 'plugins'));

/** Everything that a file pulls in, and by which name; nothing is written. */
async function importsOf(entry: string, external?: string[]): Promise<Metafile> {
  const options = { bundle: true, write: false, metafile: true, platform: 'node', format: 'cjs', logLevel: 'silent' } as const;
  const conditions = ['diskwright-source'];
  return (await build({ ...options, conditions, entryPoints: [entry], absWorkingDir: projectFolder, external })).metafile;
}

test('every plugin is packed, as manifest and bundle alone', async () => {
  const packages = await builtInPackages();
  expect(packages.map((path) => path.replace(/^.*\/|\.tgz$/g, '')).sort()).toEqual([...pluginFolders].sort());
  for (const path of packages)
    expect((await must('tar', '-tzf', path)).trim().split('\n').sort()).toEqual([
      'package/dist/main.cjs',
      'package/package.json',
    ]);
});

test('a disk is cloned with the plugins of the packages and nothing else', async () => {
  requireTool(...CLONE_TOOLS);
  const scratch = await scratchFolder();
  const env = await makeDistribution(join(scratch, 'dist'), await builtInPackages());
  const options = { home: join(scratch, 'home'), env };
  const disk = await makeSampleDisk(join(scratch, 'source.img'), scratch);
  const target = join(scratch, 'target.img');
  await makeImage(target, 220 * MIB, 0xa5);

  const listed = await cliJson<{ folder: string; problems: string[] }[]>(['plugin', 'list'], options);
  expect(listed.map(({ folder, problems }) => ({ folder, problems }))).toEqual(
    [...pluginFolders].sort().map((id) => ({ folder: join(scratch, 'dist', 'plugins', id), problems: [] })),
  );
  const result = await cli(['clone', 'disk', disk.path, target, '--yes'], options);
  expect(result.status, result.stderr).toBe(0);
  await judgeClone(disk, target, scratch);
});

test('without its plugins the program knows no command, no table and no filesystem', async () => {
  requireTool('sfdisk');
  const scratch = await scratchFolder();
  const options = { home: join(scratch, 'home'), env: await makeDistribution(join(scratch, 'dist'), []) };
  const disk = join(scratch, 'disk.img');
  await makeImage(disk, 8 * MIB);
  await must('sh', '-c', `echo 'label: gpt\n2048 4096 L' | sfdisk --quiet '${disk}'`);
  expect(await cliJson(['plugin', 'list'], options)).toEqual([]);
  expect(await cliJson(['layout', disk], options)).toMatchObject({ table: { type: 'none' }, partitions: [], volume: null });
  expect((await cli(['clone', 'disk', disk, disk], options)).status).toBe(2);
});

/** The libraries that a package of this repository says it is made with. */
async function librariesOf(folder: string): Promise<string[]> {
  const { devDependencies } = JSON.parse(await readFile(join(projectFolder, folder, 'package.json'), 'utf8')) as {
    devDependencies: Record<string, string>;
  };
  return Object.keys(devDependencies).filter((name) => !name.startsWith('@diskwright/'));
}

/** Of `@scope/name/file` or `name/file?raw` the library. */
const libraryOf = (imported: string): string => /^(@[^/]+\/)?[^/]+/.exec(imported)![0];

test.each(pluginFolders)('%s imports its own files, the SDK, modules of Node and libraries that it names', async (id) => {
  const { inputs } = await importsOf(join('plugins', id, 'src', 'main.ts'));
  const own = `plugins/${id}/src/`;
  const libraries = await librariesOf(join('plugins', id));
  const inside = [...libraries, ...(await librariesOf('sdk'))].map((name) => `node_modules/${name}/`);
  const allowed = new RegExp(`^(${[own, 'sdk/src/', ...inside].join('|')})`);
  expect(Object.keys(inputs).filter((path) => !allowed.test(path))).toEqual([]);
  const named = Object.entries(inputs).flatMap(([path, { imports }]) => (path.startsWith(own) ? imports : []));
  const foreign = named.filter(({ path, original = path }) => {
    const ownFile = original.startsWith('.') && path.startsWith(own);
    return (
      !ownFile && !original.startsWith('@diskwright/sdk') && !isBuiltin(original) && !libraries.includes(libraryOf(original))
    );
  });
  expect(foreign).toEqual([]);
});

test.each(pluginFolders)(
  'the bundle of %s needs modules of Node alone, and nothing of core or the addon is inside',
  async (id) => {
    const bundle = join('dist', 'plugins', id, 'dist', 'main.cjs');
    // What is external is not resolved, only listed.
    const { inputs } = await importsOf(bundle, ['*']);
    expect(inputs[bundle]!.imports.length).toBeGreaterThan(0);
    expect(inputs[bundle]!.imports.filter(({ path }) => !isBuiltin(path))).toEqual([]);
    expect(await readFile(join(projectFolder, bundle), 'utf8')).not.toMatch(
      /core\/src|diskwright\.node|DISKWRIGHT_NATIVE|inversify/,
    );
  },
);
