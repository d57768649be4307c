import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { MemorySource } from '../block/index';
import { CancelledError, type DiskwrightError, LeaseRevokedError, RefusedError } from '../errors';
import { ExtentList } from '../extents/index';
import type { CommandHandler } from '../index';
import { createTestHost, faultySource, type TestHost, type TestHostOptions } from './index';
import { makeToyVolume, toyProvider } from './toyFilesystem';

const hosts: TestHost[] = [];
afterEach(async () => {
  for (const host of hosts.splice(0)) await host.close();
});

const toy = { filesystems: { toyfs: toyProvider } };

async function hostFor(execute: CommandHandler['execute'], options: Partial<TestHostOptions> = {}): Promise<TestHost> {
  const plugin = { commands: { run: { execute } } };
  const host = await createTestHost(plugin, { devices: { disk: makeToyVolume() }, plugins: { toy }, ...options });
  hosts.push(host);
  return host;
}

async function toyHost(device: TestHostOptions['devices'][string] = makeToyVolume()): Promise<TestHost> {
  const host = await createTestHost(toy, { devices: { disk: device } });
  hosts.push(host);
  return host;
}

const disk = { deviceId: 'disk', partition: 0 };
const value = (result: unknown) => ({ kind: 'value' as const, value: result });

test('a command reads through a lease and gives it back', async () => {
  const host = await hostFor(async (_input, { devices }) => {
    const lease = await devices.lease('disk', { offset: 1, length: 4 });
    const bytes = await lease.read(0, 4);
    await lease.dispose();
    await expect(lease.read(0, 1)).rejects.toBeInstanceOf(LeaseRevokedError);
    return value(bytes.toString());
  });
  expect(await host.execute('run', {})).toEqual(value('OYFS'));
  expect(host.openLeases).toBe(0);
});

test('what a command leaves open is closed with it', async () => {
  const host = await hostFor(async (_input, { devices, volumes }) => {
    await devices.lease('disk');
    await volumes.open(disk);
    return value(null);
  });
  await host.execute('run', {});
  expect(host.openLeases).toBe(0);
});

test('a command reaches the filesystem of another plugin', async () => {
  const host = await hostFor(async (_input, { volumes, extents }) => {
    const volume = await volumes.open(disk);
    const { extents: reference } = await volume!.allocation();
    return value({ type: volume!.type, provider: volume!.provider, used: [...(await extents.get(reference!))] });
  });
  expect(await host.execute('run', {})).toEqual(value({ type: 'toyfs', provider: 'toy', used: [{ offset: 0, length: 2048 }] }));
});

test('a plan or value that is not as its schema says is refused', async () => {
  const host = await hostFor(async () => ({ kind: 'plan', plan: {} }) as never);
  await expect(host.execute('run', {})).rejects.toThrow('plugin under-test answered command/execute with an invalid result');
});

test('cancelling a command aborts what it waits for, in other plugins too', async () => {
  const source = faultySource(new MemorySource(makeToyVolume()), { delayMs: 60_000 });
  let failure: unknown;
  const host = await hostFor(
    async (_input, { volumes }) => {
      await volumes.open(disk).catch((error: unknown) => (failure = error));
      return value(null);
    },
    { devices: { disk: source } },
  );
  const controller = new AbortController();
  const running = host.execute('run', {}, { signal: controller.signal });
  setImmediate(() => controller.abort());
  await expect(running).rejects.toBeInstanceOf(CancelledError);
  await expect.poll(() => failure).toBeInstanceOf(CancelledError);
});

test('progress is sampled, and its last report always sent', async () => {
  const host = await hostFor(async (_input, { progress }) => {
    for (let done = 1; done <= 1000; done++) progress('counting', done, 1000);
    await delay(1);
    return value(null);
  });
  await host.execute('run', {});
  expect(host.progress.map(({ done }) => done)).toEqual([1, 1000]);
});

test('a log in a loop is cut, not the connection', async () => {
  const host = await hostFor(async (_input, { log }) => {
    for (let line = 0; line < 50_000; line++) log.info(`line ${line} ${'x'.repeat(500)}`);
    return value(null);
  });
  await host.execute('run', {});
  expect(host.log.length).toBeGreaterThan(0);
  expect(host.log.length).toBeLessThan(1000);
});

test('an extent list of any size goes by reference', async () => {
  const list = ExtentList.fromRanges(Array.from({ length: 100_000 }, (_, index) => ({ offset: index * 8192, length: 4096 })));
  const host = await hostFor(async (_input, { extents }) => value(await extents.put(list)));
  const result = await host.execute('run', {});
  expect(result).toEqual(value(list.reference()));
  expect(host.extents(list.reference()).count).toBe(100_000);
});

test('a bug in a command is told as one, with its stack in the log', async () => {
  const host = await hostFor(() => Promise.reject(new TypeError('x is not a function')));
  await expect(host.execute('run', {})).rejects.toThrow('command/execute failed inside plugin under-test: x is not a function');
  expect(host.log[0]?.message).toMatch(/TypeError: x is not a function\n +at /);
});

test('an unclean volume has no extents', async () => {
  const volume = await (await toyHost(makeToyVolume({ unclean: true }))).openVolume(disk);
  expect(await volume!.allocation()).toEqual({ confidence: 'unknown', extents: null, reasons: ['it was not unmounted'] });
});

test('a hook that the provider lacks is NotSupported and says which', async () => {
  const volume = await (await toyHost()).openVolume(disk);
  await expect(volume!.minimumSize()).rejects.toMatchObject({
    code: 'NotSupported',
    message: 'the filesystem provider toyfs has no minimumSize',
  });
});

test('small writes are inside the message, large ones blobs', async () => {
  const host = await toyHost();
  const volume = await host.openVolume(disk);
  const { writes } = await volume!.relocate({ newStart: 4096, newSize: 8192, newSectorSize: 512 });
  expect(writes[0]!.bytes).toBe('ABAAAAAAAAA=');
  const blob = writes[1]!.bytes as { digest: string; bytes: number };
  expect(host.blobs.get(blob.digest)).toEqual(Buffer.alloc(100_000, 1));
  await expect(volume!.relocate({ newStart: 0, newSize: 8192, newSectorSize: 4096 })).rejects.toBeInstanceOf(RefusedError);
});

test('long listings come in pages, whole and in order', async () => {
  const volume = await (await toyHost()).openVolume(disk);
  const names: string[] = [];
  for await (const entry of volume!.walk('root', { recursive: true })) names.push(entry.path);
  expect(names).toHaveLength(5000);
  expect(names[4999]).toMatch(/^file4999\./);
  const structures: string[] = [];
  for await (const structure of volume!.structures()) structures.push(structure.name);
  expect(structures).toHaveLength(1000);
});

test('of a range there are the structures that meet it, also from a provider that does not look at it', async () => {
  const volume = await (await toyHost()).openVolume(disk);
  const structures: string[] = [];
  for await (const structure of volume!.structures({ offset: 700, length: 2 })) structures.push(structure.name);
  expect(structures).toEqual(['structure 700', 'structure 701']);
});

test('walk filters by a glob, and lookup goes by names, for providers with readdir alone', async () => {
  const volume = await (await toyHost()).openVolume(disk);
  const found: string[] = [];
  for await (const { node } of volume!.walk('root', { recursive: true, filter: 'file12?.*' })) found.push(node);
  expect(found).toEqual(['n120', 'n121', 'n122', 'n123', 'n124', 'n125', 'n126', 'n127', 'n128', 'n129']);
  expect(await volume!.lookup(`/file7.${'x'.repeat(200)}`)).toMatchObject({ node: 'n7', type: 'file' });
  expect(await volume!.lookup('/nothing')).toBeNull();
});

test('a call on a closed volume is stale', async () => {
  const host = await toyHost();
  const volume = await host.openVolume(disk);
  await volume!.close();
  await volume!.close();
  await expect(volume!.info()).rejects.toMatchObject({ code: 'Stale' });
  expect(host.openLeases).toBe(0);
});

test.each<[string, Parameters<typeof faultySource>[1], DiskwrightError['code']]>([
  ['an unreadable sector', { errors: [{ offset: 0, length: 512 }] }, 'MediaError'],
  ['a device that vanishes', { vanishAfter: 0 }, 'DeviceGone'],
  ['a lease that ends early', { shortLease: 0 }, 'LeaseRevoked'],
])('%s keeps its type on the way to the caller', async (_name, faults, code) => {
  const host = await toyHost(faultySource(new MemorySource(makeToyVolume()), faults));
  await expect(host.openVolume(disk)).rejects.toMatchObject({ code });
});
