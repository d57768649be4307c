/** Plugins from nothing: made, built, tested and packed by the command line, outside of this tree and without a registry. */
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cli, cliJson, type CliOptions } from '../support/cli';
import { startCli } from '../support/runningCli';
import { makeImage, MIB } from '../support/sampleDisk';
import { scratchFolder } from '../support/scratch';
import { startWorkbench } from '../support/workbench';
import { must } from '../support/tool';

/** Nobody listens there: whatever asked a registry would fail. */
const NO_REGISTRY = ['--registry', 'http://127.0.0.1:1', '--no-audit', '--no-fund', '--loglevel', 'error'];

interface Packed {
  id: string;
  integrity: string;
  files: { path: string }[];
}
interface Card {
  failed: number;
  checks: { name: string; outcome: string; detail: string }[];
}

const npm = (folder: string, ...arguments_: string[]): Promise<string> =>
  must('env', '--chdir', folder, 'npm', ...NO_REGISTRY, ...arguments_);

async function place(): Promise<{ scratch: string; options: CliOptions }> {
  const scratch = await scratchFolder();
  return { scratch, options: { home: join(scratch, 'home') } };
}

/** New plugins of all kinds need the same packages, which npm installs for one of them. */
let installed: string;
beforeAll(async () => {
  installed = await mkdtemp(join(tmpdir(), 'diskwright-'));
  await cliJson(['plugin', 'new', 'command', join(installed, 'first')], { home: join(installed, 'home') });
  await npm(join(installed, 'first'), 'install');
});
afterAll(() => rm(installed, { recursive: true, force: true }));

/** A new plugin, as it is after `npm install`. */
async function newPlugin(kind: string, folder: string, options: CliOptions): Promise<void> {
  await cliJson(['plugin', 'new', kind, folder], options);
  await must('cp', '-al', join(installed, 'first', 'node_modules'), folder);
}

/** A plugin's folder whose bundle does nothing. */
async function smallPlugin(folder: string, change: Record<string, unknown> = {}): Promise<string> {
  const diskwright = { main: 'dist/main.cjs', contributes: {} };
  const manifest = { name: 'small', version: '1.0.0', files: ['dist'], engines: { diskwright: '^0.1.0' }, diskwright, ...change };
  await mkdir(join(folder, 'dist'), { recursive: true });
  await writeFile(join(folder, 'dist', 'main.cjs'), 'module.exports = {};\n');
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
  return folder;
}

test.each(['command', 'view', 'filesystem', 'table', 'image-format', 'container'])(
  'a new %s builds, passes its tests, is packed and gets a clean score card',
  async (kind) => {
    const { scratch, options } = await place();
    const folder = join(scratch, 'my-plugin');
    await newPlugin(kind, folder, options);
    await npm(folder, 'run', 'build');
    await npm(folder, 'test');

    const file = join(scratch, 'plugin.tgz');
    const packed = await cliJson<Packed>(['plugin', 'pack', folder, '-o', file], options);
    const pages = kind === 'view' ? ['index.css', 'index.html', 'index.js'].map((name) => `dist/view/${name}`) : [];
    expect(packed.id).toBe('my-plugin');
    expect(packed.files.map(({ path }) => path)).toEqual(['dist/main.cjs', ...pages, 'package.json']);
    const card = await cliJson<Card>(['plugin', 'test', file], options);
    expect(card.checks.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
    expect(card.checks.map(({ name }) => name)).toContain('start and self-test');
  },
);

test('new says so of a folder that nobody can make', async () => {
  const { options } = await place();
  const result = await cli(['plugin', 'new', 'command', '/proc/diskwright/mine'], options);
  expect(result.status).toBe(1);
  expect(result.stderr).toContain('/proc/diskwright/mine cannot be made: no such file or directory');
});

test('new leaves a folder alone that holds something', async () => {
  const { scratch, options } = await place();
  const folder = await smallPlugin(join(scratch, 'mine'));
  const result = await cli(['plugin', 'new', 'command', folder], options);
  expect(result.status).toBe(3);
  expect(result.stderr).toContain('is not empty');
  expect((await readdir(folder)).sort()).toEqual(['dist', 'package.json']);
});

test('new names the kinds where it is asked for another', async () => {
  const { scratch, options } = await place();
  const other = await cli(['plugin', 'new', 'widget', join(scratch, 'a')], options);
  expect([other.status, other.stderr]).toEqual([
    2,
    expect.stringContaining('command, view, filesystem, table, image-format, container'),
  ]);
});

test('the same content is packed as the same bytes, whatever its times', async () => {
  const { scratch, options } = await place();
  const folder = await smallPlugin(join(scratch, 'small'));
  await cliJson(['plugin', 'pack', folder, '-o', join(scratch, 'a.tgz')], options);
  await must('touch', '-d', '2001-01-01', join(folder, 'package.json'));
  await cliJson(['plugin', 'pack', folder, '-o', join(scratch, 'b.tgz')], options);
  expect(await readFile(join(scratch, 'a.tgz'))).toEqual(await readFile(join(scratch, 'b.tgz')));
  expect(await must('tar', '-tzf', join(scratch, 'a.tgz'))).toBe('package/dist/main.cjs\npackage/package.json\n');
});

test('pack tells all that is wrong with a manifest, with what to change, and writes nothing', async () => {
  const { scratch, options } = await place();
  const folder = await smallPlugin(join(scratch, 'small'), { version: '1', engines: { diskwright: 'soon' } });
  const result = await cli(['plugin', 'pack', folder, '-o', join(scratch, 'a.tgz')], options);
  expect(result.status).toBe(2);
  expect(result.stderr).toContain('version');
  expect(await readdir(scratch)).not.toContain('a.tgz');
});

test('pack refuses a package without its own program', async () => {
  const { scratch, options } = await place();
  const folder = await smallPlugin(join(scratch, 'small'), { files: ['package.json'] });
  const result = await cli(['plugin', 'pack', folder, '-o', join(scratch, 'a.tgz')], options);
  expect(result.stderr).toContain('would not hold its own program dist/main.cjs');
});

test('a plugin that ends at once fails its score card with its last words', async () => {
  const { scratch, options } = await place();
  const folder = await smallPlugin(join(scratch, 'small'));
  await writeFile(join(folder, 'dist', 'main.cjs'), "throw new Error('no way');\n");
  const result = await cli(['--json', 'plugin', 'test', folder], options);
  expect(result.status).toBe(1);
  const { checks } = JSON.parse(result.stdout) as Card;
  expect(checks.find(({ name }) => name === 'start and self-test')).toMatchObject({
    outcome: 'failed',
    detail: expect.stringContaining('no way') as string,
  });
});

test('dev makes a plugin of the folder in hosts that run, too, each build anew, and shows the messages of any host', async () => {
  const { scratch, options } = await place();
  const folder = join(scratch, 'my-view');
  await newPlugin('view', folder, options);
  const workbench = await startWorkbench({ home: options.home });
  const dev = startCli(['--json', 'plugin', 'dev', folder], options);
  await dev.shows(/start and self-test passed/);
  const image = join(scratch, 'disk.img');
  await makeImage(image, MIB);
  expect(await cliJson(['my-view', image, '--yes'], options)).toMatchObject({ view: 'map' });
  await dev.shows(/"from":"host".*command\/execute/);

  const inWindow = async (): Promise<string> => {
    const call = { token: 't', command: 'my-view.zeros', input: { source: image, pieces: 4 } };
    return JSON.stringify(await workbench.request('commands/execute', call));
  };
  expect(await inWindow()).toContain('Zeros of');
  const source = join(folder, 'src', 'zerosCommand.ts');
  await writeFile(source, (await readFile(source, 'utf8')).replace('Zeros of', 'Nothing of'));
  await expect.poll(inWindow, { timeout: 30_000, interval: 500 }).toContain('Nothing of');
  dev.kill('SIGINT');
  expect((await dev.ended).status).toBe(0);
  const listed = await cliJson<{ id: string }[]>(['plugin', 'list'], options);
  expect(listed.map(({ id }) => id)).not.toContain('my-view');
});
