/** Plugins as a page manages them, with their real processes. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { PluginEntry } from '../../core/src/common/workbench';
import { cli, cliJson } from '../support/cli';
import { makeLab } from '../support/lab';
import { scratchFolder } from '../support/scratch';
import { waitFor } from '../support/waitFor';
import { type RunningWorkbench, startWorkbench } from '../support/workbench';

const FAT = 'fs-fat';

async function setting() {
  const home = join(await scratchFolder(), 'home');
  const { disk } = await makeLab(join(home, 'lab'));
  const workbench = await startWorkbench({ home });
  return { home, disk, workbench };
}

async function entry(workbench: RunningWorkbench, id: string): Promise<PluginEntry> {
  const { plugins } = await workbench.request('plugins/list', {});
  return plugins.find((plugin) => plugin.id === id)!;
}

/** Types of the filesystems that are found on a disk. */
async function filesystems(workbench: RunningWorkbench, path: string): Promise<(string | undefined)[]> {
  const { deviceId } = await workbench.request('devices/open', { path });
  const { layout } = await workbench.request('devices/layout', { deviceId });
  return layout.partitions.map(({ filesystem }) => filesystem?.type);
}

test('a plugin that runs is shown with its process: memory, time to start, lag, bytes read', async () => {
  const { disk, workbench } = await setting();
  expect(await entry(workbench, FAT)).toMatchObject({
    displayName: expect.stringMatching(/FAT/) as string,
    description: expect.stringMatching(/./) as string,
    state: 'stopped',
    enabled: true,
    contributes: expect.arrayContaining([expect.stringMatching(/^filesystem vfat/)]) as string[],
    process: null,
  });
  await filesystems(workbench, disk);
  const running = await entry(workbench, FAT);
  expect(running.state).toBe('running');
  expect(running.protection.length).toBeGreaterThan(0);
  expect(running.process!.memory).toBeGreaterThan(10 * 2 ** 20);
  expect(running.process!.startMilliseconds).toBeGreaterThan(1);
  expect(running.process!.bytesRead).toBeGreaterThan(512);
  await waitFor(async () => (await entry(workbench, FAT)).process!.lagMilliseconds !== null, 'the lag was measured');
});

test('a plugin that is turned off ends, takes what it adds with it, and stays so; turned on, it is there again', async () => {
  const { home, disk, workbench } = await setting();
  let changes = 0;
  await workbench.connect({ 'plugins/changed': () => void changes++ });
  expect(await filesystems(workbench, disk)).toEqual(['vfat', 'ext4', 'vfat']);
  await workbench.request('plugins/setEnabled', { id: FAT, enabled: false });
  expect(await entry(workbench, FAT)).toMatchObject({ state: 'disabled', enabled: false, process: null });
  expect(await filesystems(workbench, disk)).toEqual([undefined, 'ext4', undefined]);
  await waitFor(() => changes > 0, 'the page is told');
  const listed = await cliJson<{ id: string; state: string }[]>(['plugin', 'list'], { home });
  expect(listed.find(({ id }) => id === FAT)?.state).toBe('disabled');
  await workbench.request('plugins/setEnabled', { id: FAT, enabled: true });
  expect(await filesystems(workbench, disk)).toEqual(['vfat', 'ext4', 'vfat']);
});

test('a command of a plugin that is turned off is neither listed nor run', async () => {
  const { workbench, disk } = await setting();
  await workbench.request('plugins/setEnabled', { id: 'disk-clone', enabled: false });
  const { commands } = await workbench.request('commands/list', {});
  expect(commands.map(({ pluginId }) => pluginId)).not.toContain('disk-clone');
  const run = workbench.request('commands/execute', { token: 'a', command: 'disk-clone.cloneDisk', input: { source: disk } });
  await expect(run).rejects.toThrow('there is no command "disk-clone.cloneDisk"');
});

test('the command line turns plugins off and on, and a running workbench follows', async () => {
  const { home, disk, workbench } = await setting();
  expect(await cli(['plugin', 'disable', FAT], { home })).toMatchObject({ status: 0, stdout: 'fs-fat is disabled.\n' });
  await waitFor(async () => !(await entry(workbench, FAT)).enabled, 'the workbench has read the settings');
  expect(await filesystems(workbench, disk)).toEqual([undefined, 'ext4', undefined]);
  await cliJson(['plugin', 'enable', FAT], { home });
  await waitFor(async () => (await entry(workbench, FAT)).enabled, 'the workbench has read the settings');
  expect((await cli(['plugin', 'disable', 'no-such'], { home })).status).toBe(2);
  expect(JSON.parse(await readFile(join(home, 'settings.json'), 'utf8'))).toEqual({});
});

test('a plugin that is killed is reported, and the next use starts it anew', async () => {
  const { disk, workbench } = await setting();
  const lines: string[] = [];
  await workbench.connect({ 'plugins/logged': ({ id, line }) => void (id === FAT && lines.push(line.text)) });
  await filesystems(workbench, disk);
  const { pid } = (await entry(workbench, FAT)).process!;
  process.kill(pid, 'SIGKILL');
  await waitFor(async () => (await entry(workbench, FAT)).crashes === 1, 'its end was noticed');
  expect(await entry(workbench, FAT)).toMatchObject({ state: 'stopped', process: null });
  await waitFor(() => lines.includes('it was ended by SIGKILL'), 'the page is told why');
  const { lines: log } = await workbench.request('plugins/log', { id: FAT });
  expect(log.at(-1)).toMatchObject({ source: 'host', level: 'error', text: 'it was ended by SIGKILL' });
  expect(await filesystems(workbench, disk)).toEqual(['vfat', 'ext4', 'vfat']);
  expect((await entry(workbench, FAT)).process!.pid).not.toBe(pid);
});

test('starting a plugin anew ends its process, forgets its crashes, and counts what it reads from zero', async () => {
  const { disk, workbench } = await setting();
  await filesystems(workbench, disk);
  const before = (await entry(workbench, FAT)).process!;
  await workbench.request('plugins/restart', { id: FAT });
  const after = await entry(workbench, FAT);
  expect(after).toMatchObject({ state: 'running', crashes: 0, process: { bytesRead: 0 } });
  expect(after.process!.pid).not.toBe(before.pid);
  await expect(workbench.request('plugins/restart', { id: 'no-such' })).rejects.toMatchObject({ code: 'InvalidInput' });
});
