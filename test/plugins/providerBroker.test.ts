import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CapabilityDeniedError, LeaseRevokedError, StaleError } from '@diskwright/sdk/errors';
import { makeToyVolume } from '../../sdk/src/testing/toyFilesystem';
import { buildPluginFixtures } from '../support/pluginFixtures';
import { startPluginHost } from '../support/pluginHost';

let plugins: string;
beforeAll(async () => {
  plugins = await mkdtemp(join(tmpdir(), 'dw-plugins-'));
  await buildPluginFixtures(plugins, 'toy', 'trouble', 'crashfs');
});
afterAll(() => rm(plugins, { recursive: true, force: true }));

const whole = (deviceId: string) => ({ deviceId, partition: 0 });

test('a volume is opened by the provider whose magic and probe agree, though another one crashes', async () => {
  const { host, device } = await startPluginHost(plugins);
  const volume = await host.providers.openVolume(whole(await device(makeToyVolume())));
  expect(volume).toMatchObject({ provider: 'toy', type: 'toyfs' });
  expect(await volume!.info()).toMatchObject({ type: 'toyfs', size: 16 * 512 });
});

test('what no magic fits starts no plugin and opens nothing', async () => {
  const { host, device } = await startPluginHost(plugins);
  expect(await host.providers.openVolume(whole(await device(Buffer.alloc(8192))))).toBeNull();
  expect(host.supervisor.status().map(({ state }) => state)).toEqual(['stopped', 'stopped', 'stopped']);
});

test('when the only provider crashes, that is an error and not an unknown volume', async () => {
  const { host, device } = await startPluginHost(plugins);
  const bytes = Buffer.alloc(8192);
  bytes.write('CRASH', 8192 - 512);
  await expect(host.providers.openVolume(whole(await device(bytes)))).rejects.toThrow(
    /plugin crashfs ended while it worked on filesystem\/open/,
  );
});

test('a command works with another plugin through the host, and its extents go by reference', async () => {
  const running = await startPluginHost(plugins);
  const device = await running.device(makeToyVolume({ used: 3 }));
  expect(await running.trouble('openVolume', { device })).toEqual({
    provider: 'toy',
    type: 'toyfs',
    used: [{ offset: 0, length: 1536 }],
  });
});

test('a command reads the device that it was given, and no other', async () => {
  const running = await startPluginHost(plugins);
  const [given, other] = [await running.device(makeToyVolume()), await running.device(makeToyVolume())];
  expect(await running.trouble('readStart', { device: given })).toBe('TOYFS');
  for (const what of ['readStart', 'describe', 'openVolume']) {
    await expect(running.trouble(what, { device: other, granted: [given] })).rejects.toBeInstanceOf(CapabilityDeniedError);
  }
});

test('what a command kept of a device is of no use when it has ended', async () => {
  const running = await startPluginHost(plugins);
  const device = await running.device(makeToyVolume());
  await running.trouble('hoard', { device });
  await expect(running.trouble('useHoard')).rejects.toBeInstanceOf(LeaseRevokedError);
});

test('an open volume is stale when its device changes', async () => {
  const { host, device } = await startPluginHost(plugins);
  const id = await device(makeToyVolume());
  const volume = await host.providers.openVolume(whole(id));
  await host.broker.invalidate(id, { offset: 8192, length: 512 });
  expect(await volume!.info()).toMatchObject({ type: 'toyfs' });
  await host.broker.invalidate(id, { offset: 0, length: 1 });
  await expect(volume!.info()).rejects.toThrow(StaleError);
  await volume!.close();
});

test('an open volume is stale when its provider has ended, and can be opened again', async () => {
  const { host, device } = await startPluginHost(plugins);
  const id = await device(makeToyVolume());
  const volume = await host.providers.openVolume(whole(id));
  await (await host.supervisor.activate('toy')).stop();
  await expect(volume!.info()).rejects.toThrow(/plugin toy, which had opened it, has ended/);
  expect(await (await host.providers.openVolume(whole(id)))!.info()).toMatchObject({ type: 'toyfs' });
});

test("a revoked lease ends the provider's reading, not the provider", async () => {
  const { host, device, devices } = await startPluginHost(plugins);
  const id = await device(makeToyVolume({ sectors: 4096 }));
  const leases: string[] = [];
  const original = devices.lease.bind(devices);
  devices.lease = async (...given) => {
    const granted = await original(...given);
    leases.push(granted.lease.leaseId);
    return granted;
  };
  const volume = await host.providers.openVolume(whole(id));
  await Promise.all(leases.map((lease) => devices.revoke(lease).catch(() => undefined)));
  // The first sectors are in the page cache; `generation` of toyfs reads nothing else, so that it still answers.
  expect(await volume!.generation()).toMatchObject({ ranges: [{ offset: 0, length: 512 }] });
  expect(await (await host.providers.openVolume(whole(id)))!.info()).toMatchObject({ type: 'toyfs' });
});

test('a partition that is not there is said so', async () => {
  const { host, device } = await startPluginHost(plugins);
  await expect(host.providers.openVolume({ deviceId: await device(makeToyVolume()), partition: 3 })).rejects.toThrow(
    /has no partition 3/,
  );
});

test("nobody uses another one's handle", async () => {
  const { host, device } = await startPluginHost(plugins);
  const opened = await host.broker.openVolume('toy', whole(await device(makeToyVolume())));
  await expect(host.broker.forward('vendor.trouble', 'filesystem/info', { handle: opened!.handle })).rejects.toMatchObject({
    code: 'InvalidInput',
  });
});
