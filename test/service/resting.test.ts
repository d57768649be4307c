/** What nobody uses is not kept open: devices can be detached, files deleted, NBD servers ended. */
import { copyFile, readdir, readlink, rename, rm, writeFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { DeviceGoneError } from '@diskwright/sdk/errors';
import { NbdClient } from '@diskwright/sdk/nbd';
import { expect, onTestFinished, test } from 'vitest';
import type { ServiceParams } from '../../core/src/common/index';
import { attachLoop, backingOf } from '../support/loopDevice';
import { nbdkit, nbdkitAt, qemuNbdOnce } from '../support/nbdServer';
import { scratchFolder } from '../support/scratch';
import { connectHost, type ServiceClient, startService } from '../support/service';
import { suspend } from '../support/suspend';
import { must } from '../support/tool';
import { requireRoot, requireTool } from '../support/tools';
import { waitFor } from '../support/waitFor';

const MIB = 1024 * 1024;

interface Setting extends ServiceClient {
  folder: string;
  path: string;
  content: Buffer;
  /** What the service told of devices that it opened again. */
  changes: ServiceParams<'device/changed'>[];
  read(deviceId: string): Promise<Buffer>;
}

async function setting(): Promise<Setting> {
  const folder = await scratchFolder();
  const path = join(folder, 'disk.img');
  const content = randomBytes(MIB);
  await writeFile(path, content);
  const changes: Setting['changes'] = [];
  const client = await connectHost(await startService(folder), { 'device/changed': (change) => void changes.push(change) });
  const read = async (deviceId: string): Promise<Buffer> =>
    Buffer.from((await client.peer.request('device/read', { deviceId, offset: 4096, length: 512 })).bytes, 'base64');
  return { ...client, folder, path, content, changes, read };
}

/** How often this process, which the service runs in, has a file open. */
async function openings(path: string): Promise<number> {
  const links = (await readdir('/proc/self/fd')).map((name) => readlink(`/proc/self/fd/${name}`).catch(() => ''));
  return (await Promise.all(links)).filter((target) => target === path).length;
}

const closed = (path: string): Promise<void> => waitFor(async () => (await openings(path)) === 0, `${path} is closed`);

async function lease({ peer, data, content }: Setting, deviceId: string): Promise<NbdClient> {
  const { token } = await peer.request('lease/create', { deviceId, offset: 0, length: content.length, holder: 'test' });
  return NbdClient.connect(await data(token), { kind: 'lease' });
}

test('an image that nobody uses is closed, and the next reading opens it again', async () => {
  const { peer, path, content, read } = await setting();
  const { deviceId } = await peer.request('device/open', { path });
  expect(await openings(path)).toBe(1);
  await closed(path);
  expect(await read(deviceId)).toEqual(content.subarray(4096, 4608));
  expect(await openings(path)).toBe(1);
  expect((await peer.request('device/open', { path })).deviceId).toBe(deviceId);
  await closed(path);
});

test('a lease keeps it open, until the lease ends', async () => {
  const all = await setting();
  const { peer, path, content } = all;
  const other = join(all.folder, 'other.img');
  await copyFile(path, other);
  const { deviceId } = await peer.request('device/open', { path });
  const client = await lease(all, deviceId);
  await peer.request('device/open', { path: other });
  await closed(other);
  expect(await openings(path)).toBeGreaterThan(0);
  expect(await client.read(0, 512)).toEqual(content.subarray(0, 512));
  client.close();
  await closed(path);
});

test('an export keeps it open, until the export is stopped', async () => {
  requireTool('nbdinfo');
  const { peer, folder, path, content } = await setting();
  const other = join(folder, 'other.img');
  await copyFile(path, other);
  const { deviceId } = await peer.request('device/open', { path });
  const socketPath = join(folder, 'export.sock');
  const { exportId } = await peer.request('export/start', { deviceId, socketPath, writable: false });
  await peer.request('device/open', { path: other });
  await closed(other);
  expect((await must('nbdinfo', '--size', `nbd+unix:///?socket=${socketPath}`)).trim()).toBe(String(content.length));
  await peer.request('export/stop', { exportId });
  await closed(path);
});

test('it is closed at once when it is to rest', async () => {
  const all = await setting();
  const { peer, path } = all;
  const { deviceId } = await peer.request('device/open', { path });
  const client = await lease(all, deviceId);
  await peer.request('device/rest', { deviceId });
  expect(await openings(path)).toBeGreaterThan(0);
  client.close();
  await closed(path);
  expect((await lease(all, deviceId)).size).toBe(all.content.length);
});

test('when other content is found, that is told, and it is read on', async () => {
  const { peer, path, content, read, changes } = await setting();
  const { deviceId } = await peer.request('device/open', { path });
  await closed(path);
  await writeFile(path, Buffer.concat([randomBytes(8192), content.subarray(8192)]), { flag: 'r+' });
  expect(await read(deviceId)).not.toEqual(content.subarray(4096, 4608));
  expect(changes).toEqual([{ deviceId, path, replaced: false }]);
});

test.each([
  ['another file', /another device or file has its name/],
  ['a longer one', /its size is 2097152, not 1048576/],
])('%s of the same name is refused as stale, and told of once', async (which, message) => {
  const { peer, folder, path, content, read, changes } = await setting();
  const { deviceId } = await peer.request('device/open', { path });
  await closed(path);
  const other = join(folder, 'other.img');
  await writeFile(other, which === 'another file' ? content : Buffer.concat([content, content]));
  await rename(other, path);
  for (let times = 0; times < 2; times++) {
    await expect(read(deviceId)).rejects.toMatchObject({ code: 'Stale', message: expect.stringMatching(message) as string });
  }
  expect(changes).toEqual([{ deviceId, path, replaced: true }]);
  const opened = await peer.request('device/open', { path });
  expect(opened.deviceId).not.toBe(deviceId);
  expect(await read(opened.deviceId)).toEqual(content.subarray(4096, 4608));
});

test('one that is gone is an error that says so', async () => {
  const { peer, path, read } = await setting();
  const { deviceId } = await peer.request('device/open', { path });
  await closed(path);
  await rm(path);
  await expect(read(deviceId)).rejects.toMatchObject({ code: 'InvalidInput', message: `${path} does not exist` });
});

test(
  'a loop device is free once it was looked at, and with another file behind it it is another device',
  { tags: ['alone'] },
  async () => {
    requireRoot();
    requireTool('losetup');
    const { peer, folder, path, read, changes } = await setting();
    const device = await attachLoop(path);
    const { deviceId } = await peer.request('device/open', { path: device });
    await read(deviceId);
    await closed(device);
    await must('losetup', '--detach', device);
    expect(await backingOf(device)).toBeNull();
    const other = join(folder, 'other.img');
    await copyFile(path, other);
    await must('losetup', device, other);
    await expect(read(deviceId)).rejects.toMatchObject({ code: 'Stale' });
    expect(changes).toEqual([{ deviceId, path: device, replaced: true }]);
    expect((await peer.request('device/open', { path: device })).deviceId).not.toBe(deviceId);
  },
);

test('an NBD server sees the connection end, and is connected to again when it is read', async () => {
  requireTool('nbdkit');
  const { peer, path, content, read } = await setting();
  const server = await nbdkit('file', path);
  const { deviceId } = await peer.request('device/open', { path: server.uri });
  expect(await peer.request('device/check', { deviceId })).toEqual({ open: true });
  await waitFor(async () => !(await peer.request('device/check', { deviceId })).open, 'the connection is closed');
  expect(await read(deviceId)).toEqual(content.subarray(4096, 4608));
  expect((await peer.request('device/open', { path: server.uri })).deviceId).toBe(deviceId);
});

test('a server that ends with its first client ends when it was looked at, but not while it is shown', async () => {
  requireTool('qemu-nbd');
  const { peer, path, folder, read } = await setting();
  const server = await qemuNbdOnce('raw', path);
  const other = join(folder, 'other.img');
  await copyFile(path, other);
  await peer.request('device/keep', { paths: [server.uri] });
  const { deviceId } = await peer.request('device/open', { path: server.uri });
  await peer.request('device/open', { path: other });
  await closed(other);
  expect(await peer.request('device/check', { deviceId })).toEqual({ open: true });
  expect(server.running()).toBe(true);
  await peer.request('device/keep', { paths: [] });
  await waitFor(() => !server.running(), 'qemu-nbd has ended');
  await expect(read(deviceId)).rejects.toMatchObject({ code: 'DeviceGone' });
  await expect(peer.request('device/check', { deviceId })).rejects.toMatchObject({ code: 'DeviceGone' });
});

test('a server that dies is said to have ended, and is found again under its name', async () => {
  requireTool('nbdkit');
  const { peer, path, content, read } = await setting();
  const server = await nbdkit('file', path);
  const { deviceId } = await peer.request('device/open', { path: server.uri });
  await server.kill();
  const lost = (): Promise<unknown> => peer.request('device/check', { deviceId }).catch((error: unknown) => error);
  await waitFor(async () => (await lost()) instanceof DeviceGoneError, 'the service has seen its end');
  expect(await lost()).toMatchObject({ message: `${server.uri}: its server has ended the connection` });
  await nbdkitAt(server.socket, 'file', path);
  expect(await read(deviceId)).toEqual(content.subarray(4096, 4608));
});

test('a server that does not answer keeps neither closing nor other devices waiting', async () => {
  requireTool('nbdkit');
  const { peer, path, read } = await setting();
  const server = await nbdkit('memory', '1M');
  const { deviceId } = await peer.request('device/open', { path: server.uri });
  await suspend(server.pid);
  onTestFinished(() => void process.kill(server.pid, 'SIGCONT'));
  const reading = peer.request('device/read', { deviceId, offset: 0, length: 512 }, AbortSignal.timeout(200));
  await expect(reading).rejects.toMatchObject({ code: 'Cancelled' });
  await waitFor(async () => !(await peer.request('device/check', { deviceId })).open, 'the connection is closed');
  const again = peer.request('device/read', { deviceId, offset: 0, length: 512 }, AbortSignal.timeout(200));
  await expect(again).rejects.toMatchObject({ code: 'Cancelled' });
  const { deviceId: other } = await peer.request('device/open', { path });
  expect(await read(other)).toHaveLength(512);
});
