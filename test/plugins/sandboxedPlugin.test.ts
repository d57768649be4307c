import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SandboxedLauncher } from '../../core/src/host/plugins';
import { makeToyVolume } from '../../sdk/src/testing/toyFilesystem';
import { buildPluginFixtures } from '../support/pluginFixtures';
import { startPluginHost } from '../support/pluginHost';
import { scratchFolder } from '../support/scratch';

let plugins: string;
beforeAll(async () => {
  plugins = await mkdtemp(join(tmpdir(), 'dw-plugins-'));
  await buildPluginFixtures(plugins, 'toy', 'trouble');
});
afterAll(() => rm(plugins, { recursive: true, force: true }));

test('plugins in their sandboxes read leases, hand over extents, and say how they are protected', async () => {
  const folder = await scratchFolder();
  const running = await startPluginHost(plugins, { launcher: new SandboxedLauncher({ cacheFolders: () => [folder] }) });
  const device = await running.device(makeToyVolume());
  expect(await running.trouble('readStart', { device })).toBe('TOYFS');
  expect(await running.trouble('openVolume', { device })).toMatchObject({ provider: 'toy', used: [{ offset: 0, length: 2048 }] });
  const protection = running.host.supervisor.status().map((status) => status.protection.join(' '));
  expect(protection).toEqual([expect.stringContaining('system calls'), expect.stringContaining('system calls')]);
});

test('a sandboxed plugin that crashes fails its request and is started again', async () => {
  const running = await startPluginHost(plugins, { launcher: new SandboxedLauncher({ cacheFolders: () => [] }) });
  await expect(running.trouble('crash')).rejects.toThrow(/plugin vendor\.trouble ended while it worked on command\/execute/);
  expect(await running.trouble('nothing')).toBeGreaterThan(0);
});

test('progress of a command reaches whoever runs it', async () => {
  const running = await startPluginHost(plugins, { launcher: new SandboxedLauncher({ cacheFolders: () => [] }) });
  const reports: number[] = [];
  const call = { command: 'trouble.run', input: { what: 'progress' }, named: {}, progressToken: 'token' };
  await running.host.commands.run('vendor.trouble', call, [], { onProgress: ({ done }) => reports.push(done) });
  expect(reports).toEqual([1, 2]);
});

test('a process that was started ahead is used by the first call, and ended when nobody calls', async () => {
  const launcher = new SandboxedLauncher({ cacheFolders: () => [] });
  const running = await startPluginHost(plugins, { launcher });
  const [used, unused] = ['vendor.trouble', 'toy'].map((id) => launcher.startAhead(running.host.registry.get(id)!).child);
  expect(await running.trouble('nothing')).toBe(used!.pid);
  await running.host.dispose();
  await expect.poll(() => [used!.signalCode, unused!.signalCode]).toEqual(['SIGKILL', 'SIGKILL']);
});
