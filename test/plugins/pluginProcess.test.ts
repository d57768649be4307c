import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CancelledError, PeerGoneError } from '@diskwright/sdk/errors';
import { makeToyVolume } from '../../sdk/src/testing/toyFilesystem';
import { buildPluginFixtures } from '../support/pluginFixtures';
import { startPluginHost } from '../support/pluginHost';

let plugins: string;
beforeAll(async () => {
  plugins = await mkdtemp(join(tmpdir(), 'dw-plugins-'));
  await buildPluginFixtures(plugins, 'toy', 'trouble');
});
afterAll(() => rm(plugins, { recursive: true, force: true }));

const troubleStatus = ({ host }: Awaited<ReturnType<typeof startPluginHost>>) =>
  host.supervisor.status().find(({ id }) => id === 'vendor.trouble')!;

test('a plugin is started by its first use, once, and stays for the next', async () => {
  const running = await startPluginHost(plugins);
  expect(troubleStatus(running).state).toBe('stopped');
  const [first, second] = await Promise.all([running.trouble('nothing'), running.trouble('nothing')]);
  expect(first).toBe(second);
  expect(await running.trouble('nothing')).toBe(first);
  expect(troubleStatus(running).state).toBe('running');
});

test('an idle plugin is stopped, and started again when it is needed', async () => {
  const running = await startPluginHost(plugins, { timings: { idle: 50 } });
  const first = await running.trouble('nothing');
  await expect.poll(() => troubleStatus(running).state).toBe('stopped');
  expect(await running.trouble('nothing')).not.toBe(first);
});

test.each([
  ['crash', /ended while it worked on command\/execute: it was ended by SIGABRT/],
  ['exit', /ended by itself with exit status 7/],
  ['throwLater', /ended by itself with exit status 1/],
])('a plugin that dies by %s fails its requests with the reason, and is started again', async (what, message) => {
  const running = await startPluginHost(plugins);
  const waiting = running.trouble('wait').catch((error: unknown) => error);
  await expect(running.trouble(what)).rejects.toThrow(message);
  expect(await waiting).toBeInstanceOf(PeerGoneError);
  expect(await running.trouble('nothing')).toBeGreaterThan(0);
});

test('what a plugin wrote to stderr before it died is in the error and in its log', async () => {
  const running = await startPluginHost(plugins);
  const error = await running.trouble('throwLater').catch((caught: PeerGoneError) => caught);
  expect((error as PeerGoneError).detail.details?.join('\n')).toContain('nobody catches this');
  expect(running.host.supervisor.log('vendor.trouble').some(({ text }) => text.includes('nobody catches this'))).toBe(true);
});

test('a plugin that hangs is killed and named', async () => {
  const running = await startPluginHost(plugins, { timings: { heartbeat: 100, heartbeatAnswer: 300 } });
  await expect(running.trouble('hang')).rejects.toThrow(
    /plugin vendor\.trouble ended .*it hangs: no answer to a heartbeat within 300 ms/,
  );
});

test('a plugin that is slow but alive is left alone', async () => {
  const running = await startPluginHost(plugins, { timings: { heartbeat: 20, heartbeatAnswer: 500 } });
  const controller = new AbortController();
  const waiting = running.trouble('wait', { signal: controller.signal });
  setTimeout(() => controller.abort(), 300);
  await expect(waiting).rejects.toBeInstanceOf(CancelledError);
  expect(troubleStatus(running).state).toBe('running');
});

test('three crashes disable a plugin, with the reason, until it is enabled again', async () => {
  const running = await startPluginHost(plugins);
  for (let crash = 0; crash < 3; crash++) await running.trouble('crash').catch(() => undefined);
  await expect(running.trouble('nothing')).rejects.toThrow(
    /disabled: it crashed 3 times within 5 minutes, the last time because it was ended by SIGABRT/,
  );
  expect(troubleStatus(running)).toMatchObject({ state: 'disabled', problems: [expect.stringContaining('crashed 3 times')] });
  running.host.supervisor.enable('vendor.trouble');
  expect(await running.trouble('nothing')).toBeGreaterThan(0);
});

test('crashes long ago do not count', async () => {
  const running = await startPluginHost(plugins, { timings: { crashWindow: 0 } });
  for (let crash = 0; crash < 4; crash++) await running.trouble('crash').catch(() => undefined);
  expect(await running.trouble('nothing')).toBeGreaterThan(0);
});

test('a plugin that breaks the rules of the connection loses it', async () => {
  const running = await startPluginHost(plugins);
  await expect(running.trouble('breakProtocol')).rejects.toThrow(/4000000000 bytes is larger than the 1048576 bytes allowed/);
});

test('a flood of output is cut', async () => {
  const running = await startPluginHost(plugins);
  expect(await running.trouble('floodLog')).toBe('done');
  await expect.poll(() => running.host.supervisor.log('vendor.trouble').length).toBeGreaterThan(400);
  expect(running.host.supervisor.log('vendor.trouble').length).toBeLessThanOrEqual(1000);
});

test('a crashing plugin leaves the others working', async () => {
  const running = await startPluginHost(plugins);
  const device = await running.device(makeToyVolume());
  const volume = await running.host.providers.openVolume({ deviceId: device, partition: 0 });
  for (let crash = 0; crash < 3; crash++) await running.trouble('crash').catch(() => undefined);
  expect(await volume!.info()).toMatchObject({ type: 'toyfs' });
});
