/** Plugins in other languages: the example in Python, and what is refused. */
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cli, type CliOptions, cliJson, projectFolder } from '../support/cli';
import { hostHere } from '../support/hostHere';
import { packed, writePackage } from '../support/pluginPackages';
import { scratchFolder } from '../support/scratch';
import { must } from '../support/tool';
import { requireTool } from '../support/tools';

const example = join(projectFolder, 'sdk', 'examples', 'romfs-python');

async function home(): Promise<{ scratch: string; options: CliOptions }> {
  const scratch = await scratchFolder();
  const options = { home: join(scratch, 'home'), cwd: scratch };
  await mkdir(options.home, { mode: 0o700 });
  return { scratch, options };
}

/** A volume by the format's own tool; 3000 files in one directory, which is more than a page of it. */
async function makeRomfs(folder: string): Promise<{ tree: string; image: string }> {
  const tree = join(folder, 'tree');
  await mkdir(join(tree, 'etc', 'deep'), { recursive: true });
  await mkdir(join(tree, 'many'));
  await Promise.all(Array.from({ length: 3000 }, (_, n) => writeFile(join(tree, 'many', `file ${n}`), `${n}`)));
  await writeFile(join(tree, 'etc', 'notes'), 'some words');
  await writeFile(join(tree, 'etc', 'deep', 'large'), 'bytes '.repeat(100_000));
  await symlink('../notes', join(tree, 'etc', 'deep', 'link'));
  const image = join(folder, 'rom.img');
  await must('genromfs', '-d', tree, '-f', image, '-V', 'rom');
  return { tree, image };
}

/** Type, size and path of all that a folder holds, as its listing by `find`. */
async function treeOf(folder: string): Promise<string[]> {
  const found = await must('find', folder, '-mindepth', '1', '-printf', '%y %s /%P\n');
  // The size of a directory is the provider's own affair.
  return found
    .trim()
    .split('\n')
    .map((line) => line.replace(/^d \d+/, 'd 0'))
    .sort();
}

const LETTERS: Record<string, string> = { file: 'f', directory: 'd', symlink: 'l' };

test('the example in Python, installed into a running host, opens its volume there; all is as its tool was told', async () => {
  requireTool('genromfs', 'python3');
  const { scratch, options } = await home();
  const { tree, image } = await makeRomfs(scratch);
  const host = await hostHere(options.home);
  const opened = async (): Promise<unknown> =>
    (await host.commands.execute('explore-image.ls', { place: `${image}#0` }, {})).kind;
  await expect(opened()).rejects.toThrow();

  await must(
    'env',
    '--chdir',
    scratch,
    process.execPath,
    join(projectFolder, 'core', 'bin', 'diskwright.cjs'),
    'plugin',
    'pack',
    example,
    '-o',
    'romfs.tgz',
  );
  expect(await cli(['plugin', 'install', 'romfs.tgz'], options)).toMatchObject({ status: 0 });
  await expect.poll(opened, { timeout: 20_000 }).toBe('list');
  const status = host.plugins.supervisor.status().find(({ id }) => id === 'example.fs-romfs-python');
  expect(status?.protection.join(' ')).toMatch(/run by \S+python3\S*, which may read its libraries in \/lib/);

  const lines = (await cli(['--json', 'ls', '-R', `${image}#0`], options)).stdout.trim().split('\n');
  const listed = lines.map((line) => JSON.parse(line) as { path: string; type: string; size: number });
  expect(listed.map(({ path, type, size }) => `${LETTERS[type]} ${size} ${path}`).sort()).toEqual(await treeOf(tree));
  await cli(['extract', `${image}#0:/etc`, join(scratch, 'out')], options);
  await must('diff', '--no-dereference', '-r', join(tree, 'etc'), join(scratch, 'out'));
});

test('the score card tries a volume of the example in Python, sound and damaged', async () => {
  requireTool('genromfs', 'python3');
  const { scratch, options } = await home();
  const { image } = await makeRomfs(scratch);
  const { checks } = await cliJson<{ checks: { outcome: string }[] }>(['plugin', 'test', example, '--volume', image], options);
  expect(checks.filter(({ outcome }) => outcome !== 'passed')).toEqual([]);
});

test('a plugin whose interpreter is not installed is refused, naming it', async () => {
  const { scratch, options } = await home();
  const file = await commandPackage(scratch, ['no-such-language', './plugin.x']);
  const { status, stderr } = await cli(['plugin', 'install', file], options);
  expect(status).toBe(3);
  expect(stderr).toContain('it is run by no-such-language, which is not installed here');
  expect(stderr).toContain('Install no-such-language in one of the folders of PATH');
});

const wrong: [string, string[], RegExp][] = [
  ['a script as a program', ['./plugin.x'], /command\[0\]: "\.\/plugin\.x" is no binary.*Name the interpreter/],
  ['a program by a path', ['/usr/bin/python3', './plugin.x'], /command\[0\]: "\/usr\/bin\/python3" is a path/],
  ['no file of the package', ['python3', 'plugin.x'], /it names no file of the package.*"\.\/"/],
  ['a file that is not there', ['python3', './other.x'], /command\[1\]: "\.\/other\.x" is not there/],
  ['a file outside', ['python3', './../other.x'], /command\[1\]: "\.\/\.\.\/other\.x" lies outside of the package/],
];

test.each(wrong)('a command is refused: %s', async (_, command, message) => {
  const { scratch, options } = await home();
  const { status, stderr } = await cli(['plugin', 'install', await commandPackage(scratch, command)], options);
  expect(stderr).toMatch(message);
  expect(status).toBe(3);
});

async function commandPackage(folder: string, command: string[]): Promise<string> {
  const filesystems = [{ id: 'x', title: 'X', types: ['x'], magic: [[{ offset: 0, bytes: '01' }]] }];
  const packageJson = {
    name: '@vendor/other',
    version: '1.0.0',
    engines: { diskwright: '^0.1.0' },
    diskwright: { command, contributes: { filesystems } },
  };
  return writePackage(join(folder, 'other.tgz'), packed(packageJson, '', [{ path: 'package/plugin.x', content: '#!/bin/sh\n' }]));
}
