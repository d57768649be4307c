/** Settings: the user's text stays theirs, wrong values are told, several programs write at once, and what is set holds. */
import { spawn } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { PluginRecord } from '../../core/src/host/plugins/pluginRecord';
import { withFileLock } from '../../core/src/host/settings/fileLock';
import { SettingsService } from '../../core/src/host/settings/settingsService';
import { hostHere } from '../support/hostHere';
import { scratchFolder } from '../support/scratch';
import { makeLab } from '../support/lab';
import { must } from '../support/tool';
import { requireTool } from '../support/tools';
import { waitFor } from '../support/waitFor';

const MIB = 1024 * 1024;
const noPlugins = { list: (): readonly PluginRecord[] => [] };

async function settingsIn(folder: string): Promise<SettingsService> {
  const settings = await SettingsService.load(folder, noPlugins);
  onTestFinished(() => settings.dispose());
  return settings;
}

test('a value is changed with comments, order and form kept; null takes it out', async () => {
  const folder = await scratchFolder();
  const file = join(folder, 'settings.json');
  await writeFile(file, '// mine\n{\n\t"layout.sizes": "decimal", // as on the box\n\t"workbench.theme": "light",\n}\n');
  const settings = await settingsIn(folder);
  await settings.set('workbench.theme', 'dark');
  expect(await readFile(file, 'utf8')).toBe(
    '// mine\n{\n\t"layout.sizes": "decimal", // as on the box\n\t"workbench.theme": "dark",\n}\n',
  );
  expect(settings.get('workbench.theme')).toBe('dark');
  await settings.set('workbench.theme', null);
  expect(await readFile(file, 'utf8')).toBe('// mine\n{\n\t"layout.sizes": "decimal", // as on the box\n}\n');
  expect(settings.get('workbench.theme')).toBe('system');
  expect(settings.read().problems).toEqual([]);
});

test('the first value makes the file', async () => {
  const folder = await scratchFolder();
  const settings = await settingsIn(folder);
  await settings.set('sectors.bytesPerRow', 32);
  expect(JSON.parse(await readFile(join(folder, 'settings.json'), 'utf8'))).toEqual({ 'sectors.bytesPerRow': 32 });
});

test('what is wrong is told with its place, and has its default', async () => {
  const folder = await scratchFolder();
  await writeFile(
    join(folder, 'settings.json'),
    '{\n  "workbench.thme": "dark",\n  "sectors.bytesPerRow": 99,\n  "layout.sizes": 7,\n  "plugins.disabled": ["a", 1],\n  "sectors.groupBytes": 4,\n  "__proto__": {}\n}',
  );
  const { values, problems } = (await settingsIn(folder)).read();
  expect(problems).toEqual([
    expect.stringMatching(/^line 2, column 3: there is no setting "workbench.thme"; "workbench.theme" is meant/),
    expect.stringMatching(/^line 3, column 26: "sectors.bytesPerRow" is 99, more than 64; 0 is taken instead/),
    expect.stringMatching(/^line 4, .*"layout.sizes" is not text/),
    expect.stringMatching(/^line 5, .*"plugins.disabled" item 2 is not of type string/),
    expect.stringMatching(/^line 7, .*there is no setting "__proto__"/),
  ]);
  expect(values).toMatchObject({
    'sectors.bytesPerRow': 0,
    'layout.sizes': 'binary',
    'plugins.disabled': [],
    'sectors.groupBytes': 4,
  });
});

test('text that is no JSON is told, kept, and never overwritten by setting a value', async () => {
  const folder = await scratchFolder();
  const file = join(folder, 'settings.json');
  await writeFile(file, '{ "layout.sizes": ');
  const settings = await settingsIn(folder);
  expect(settings.read().problems.join()).toMatch(/line 1, column \d+: this is no JSON/);
  await expect(settings.set('layout.sizes', 'decimal')).rejects.toThrow(/is no JSON/);
  expect(await readFile(file, 'utf8')).toBe('{ "layout.sizes": ');
});

test('what a setting cannot be is refused, and so is one that does not exist', async () => {
  const settings = await settingsIn(await scratchFolder());
  await expect(settings.set('workbench.theme', 'pink')).rejects.toThrow(/"workbench.theme" is "pink", not one of/);
  await expect(settings.set('workbench.tehme', 'dark')).rejects.toThrow(/no setting/);
});

test('a text that somebody else has changed meanwhile is not replaced', async () => {
  const folder = await scratchFolder();
  const settings = await settingsIn(folder);
  const { digest } = await settings.text('keybindings');
  await writeFile(join(folder, 'keybindings.json'), '[]');
  await expect(settings.write('keybindings', '[{}]', digest)).rejects.toThrow(/changed by somebody else/);
  const now = await settings.text('keybindings');
  await settings.write('keybindings', '[{}]', now.digest);
  expect(await readFile(now.path, 'utf8')).toBe('[{}]');
});

test('values that several write at the same time are all there', async () => {
  const folder = await scratchFolder();
  const writers = await Promise.all([settingsIn(folder), settingsIn(folder), settingsIn(folder)]);
  const values: [string, unknown][] = [
    ['sectors.bytesPerRow', 8],
    ['sectors.groupBytes', 2],
    ['layout.sizes', 'decimal'],
    ['workbench.theme', 'dark'],
    ['notifications.seconds', 3],
    ['devices.pollSeconds', 9],
  ];
  await Promise.all(values.map(([key, value], index) => writers[index % 3]!.set(key, value)));
  expect(JSON.parse(await readFile(join(folder, 'settings.json'), 'utf8'))).toEqual(Object.fromEntries(values));
});

test('the lock of a process that died is taken over, that of a living one is waited for', async () => {
  const path = join(await scratchFolder(), 'file');
  const child = spawn(process.execPath, ['-e', '']);
  await new Promise((resolve) => child.once('exit', resolve));
  await writeFile(`${path}.lock`, `${child.pid} dead`);
  expect(await withFileLock(path, async () => 'mine')).toBe('mine');
  const order: string[] = [];
  await Promise.all([
    withFileLock(path, async () => {
      order.push('first begins');
      await new Promise((resolve) => setImmediate(resolve));
      order.push('first ends');
    }),
    withFileLock(path, async () => void order.push('second')),
  ]);
  expect(order.join()).toMatch(/first begins,first ends/);
});

test('what others write is seen', async () => {
  const folder = await scratchFolder();
  const settings = await settingsIn(folder);
  const told: string[] = [];
  settings.onChanged((document) => told.push(document));
  settings.follow();
  await writeFile(join(folder, 'settings.json'), '{ "layout.sizes": "decimal" }');
  await waitFor(() => told.includes('settings'), 'the change is told');
  expect(settings.get('layout.sizes')).toBe('decimal');
});

test('a plugin reads its own setting: a clone copies as much of the boot gap as the user wishes', async () => {
  requireTool('sgdisk');
  const folder = await scratchFolder();
  const [disk, copy, home] = [join(folder, 'disk.img'), join(folder, 'copy.img'), join(folder, 'home')];
  for (const path of [disk, copy]) await writeFile(path, Buffer.alloc(20 * MIB));
  await must('sgdisk', '--clear', '--new=1:8M:0', disk);
  await mkdir(home);
  const host = await hostHere(home);
  const copiedGap = async (): Promise<string | undefined> => {
    const result = await host.commands.execute('disk-clone.cloneDisk', { source: disk, target: copy }, {});
    return result.kind === 'plan' ? result.plan.notes.find((note) => note.startsWith('gaps:')) : undefined;
  };
  expect(host.settings.ofPlugin('disk-clone')).toEqual({ 'disk-clone.bootGapMiB': 16 });
  expect(await copiedGap()).toMatch(/^gaps: 8.0 MiB/);
  await host.settings.set('disk-clone.bootGapMiB', 2);
  expect(await copiedGap()).toMatch(/^gaps: 2.0 MiB/);
  await expect(host.settings.set('disk-clone.bootGapMiB', 0)).rejects.toThrow(/less than 1/);
});

test("an idle plugin's process ends after as long as the user wishes", async () => {
  const folder = await scratchFolder();
  const home = join(folder, 'home');
  const { disk } = await makeLab(folder);
  await mkdir(home);
  const host = await hostHere(home);
  await host.settings.set('plugins.idleSeconds', 1);
  const { deviceId } = await host.devices.open(disk);
  await host.layouts.read(deviceId);
  const running = (): number => host.plugins.supervisor.status().filter(({ state }) => state === 'running').length;
  expect(running()).toBeGreaterThan(0);
  await waitFor(() => running() === 0, 'all have ended');
});
