/** What a plugin's author reads of a broken package: everything at once, where it is, and how to mend it. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cli, cliJson, type CliOptions } from '../support/cli';
import { makeDistribution } from '../support/distribution';
import { scratchFolder } from '../support/scratch';

interface Listed {
  id: string;
  state: string;
  enabled: boolean;
  problems: string[];
}

const sound = {
  name: '@vendor/sound',
  version: '1.0.0',
  engines: { diskwright: '^0.1.0' },
  diskwright: {
    main: 'main.cjs',
    contributes: { filesystems: [{ id: 'sound', title: 'Sound', types: ['soundfs'], magic: [[{ offset: 0, bytes: '01' }]] }] },
  },
};

/** A distribution with one plugin a folder, each of this package.json and an empty bundle. */
async function withPlugins(packages: Record<string, unknown>): Promise<CliOptions> {
  const scratch = await scratchFolder();
  const env = await makeDistribution(join(scratch, 'dist'), []);
  for (const [name, content] of Object.entries(packages)) {
    const folder = join(scratch, 'dist', 'plugins', name);
    await mkdir(folder);
    await writeFile(join(folder, 'package.json'), typeof content === 'string' ? content : JSON.stringify(content));
    await writeFile(join(folder, 'main.cjs'), '');
  }
  return { home: join(scratch, 'home'), env };
}

/** A problem as it is shown: path, what is wrong, and a sentence that tells what to do. */
const problem = (path: string, mend: string) =>
  expect.stringMatching(new RegExp(`^${path.replace(/[[\].]/g, '\\$&')}: .+\\. ${mend}`));

test('all problems of a manifest are listed, each with its path and how to mend it', async () => {
  const broken = {
    name: '@vendor/Broken',
    version: 'one',
    engines: {},
    diskwright: {
      contributes: {
        commands: [{ id: 'x', title: 'X', returns: 'nothing', input: { type: 'object', properties: { a: { type: 'date' } } } }],
        filesystems: [{ id: 'f', title: 'F', types: ['f'], magic: [[{ offset: 0, bytes: 'EF53' }]], since: 1 }],
      },
      capabilities: ['device.format'],
    },
  };
  const options = await withPlugins({ broken, sound });
  const listed = await cliJson<Listed[]>(['plugin', 'list'], options);

  expect(listed.map(({ state, enabled }) => ({ state, enabled }))).toEqual([
    { state: 'invalid', enabled: false },
    { state: 'stopped', enabled: true },
  ]);
  const at = 'diskwright.contributes';
  expect(listed[0]!.problems.sort()).toEqual([
    problem('diskwright.capabilities[0]', 'Write device.read, device.write'),
    problem(`${at}.commands[0].input.properties.a.type`, 'Use one of "string"'),
    problem(`${at}.commands[0].returns`, 'Use one of "plan", "view"'),
    problem(`${at}.filesystems[0].magic[0][0].bytes`, 'Write 1 to 64 bytes in small hexadecimal digits'),
    problem(`${at}.filesystems[0]`, 'Remove "since"'),
    problem('diskwright', 'Add "main"'),
    problem('engines', 'Add "diskwright"'),
    problem('name', 'Write an npm package name'),
    problem('version', 'Write a version such as'),
  ]);
});

test.each([
  ['no JSON', '{ "name": ', problem('package.json', 'Every plugin folder needs')],
  [
    'a bundle that is not there',
    { ...sound, diskwright: { ...sound.diskwright, main: 'dist/main.cjs' } },
    problem('diskwright.main', 'Build the plugin'),
  ],
  [
    'a bundle outside',
    { ...sound, diskwright: { ...sound.diskwright, main: '../main.cjs' } },
    problem('diskwright.main', 'Name a file inside'),
  ],
  [
    'another Diskwright',
    { ...sound, engines: { diskwright: '^9.0.0' } },
    problem('engines.diskwright', 'Install a version of the plugin'),
  ],
  ['no version range', { ...sound, engines: { diskwright: 'new' } }, problem('engines.diskwright', 'Write a range')],
])('%s', async (_name, content, expected) => {
  const listed = await cliJson<Listed[]>(['plugin', 'list'], await withPlugins({ broken: content }));
  expect(listed).toMatchObject([{ enabled: false, problems: [expected] }]);
});

test('the second of two that claim the same is refused, naming the first', async () => {
  const second = { ...sound, name: '@vendor/second' };
  const [first, refused] = await cliJson<Listed[]>(['plugin', 'list'], await withPlugins({ a: sound, b: second }));
  expect(first).toMatchObject({ id: 'vendor.sound', enabled: true });
  expect(refused).toMatchObject({ id: 'vendor.second', enabled: false });
  expect(refused!.problems).toEqual([
    expect.stringMatching(/filesystem provider sound is that of the plugin vendor\.sound in .*\. Change it/),
  ]);
});

test('people see the problems below the list', async () => {
  const result = await cli(['plugin', 'list'], await withPlugins({ broken: { ...sound, version: 'one' } }));
  expect(result.status).toBe(0);
  expect(result.stdout).toMatch(/vendor\.sound +one +invalid/);
  expect(result.stderr).toMatch(/^vendor\.sound: version: "one" is not of the right form\. Write a version such as 1\.2\.3\.$/m);
});
