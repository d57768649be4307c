import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { NbdClient } from '@diskwright/sdk/nbd';
import { expect, test } from 'vitest';
import { scratchFolder } from '../support/scratch';
import { connectHost, connectSocket, controlPeer, startService } from '../support/service';
import { startServiceProcess } from '../support/serviceProcess';

test('it ends with its host, leaving nothing behind', async () => {
  const folder = await scratchFolder();
  const { controlSocket, secret, ended } = await startServiceProcess(folder);
  const peer = await controlPeer(controlSocket);
  await peer.request('hello', { secret, protocol: 1 });
  peer.close();
  expect(await ended).toBe(0);
  expect(existsSync(dirname(controlSocket))).toBe(false);
});

test('Ctrl+C does not end it, SIGTERM does', async () => {
  const { child, controlSocket, secret, ended } = await startServiceProcess(await scratchFolder());
  const peer = await controlPeer(controlSocket);
  const { pid } = await peer.request('hello', { secret, protocol: 1 });
  expect(pid).toBe(child.pid);
  child.kill('SIGINT');
  expect(await peer.request('device/list', {})).toHaveProperty('devices');
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
  expect(existsSync(dirname(controlSocket))).toBe(false);
});

test('wrong start parameters end it with the reason', async () => {
  await expect(startServiceProcess('not/absolute')).rejects.toThrow(/ended with 1/);
});

test('an export is served to several clients and ends when it is stopped', async () => {
  const folder = await scratchFolder();
  const path = join(folder, 'disk.img');
  await writeFile(path, Buffer.alloc(1024 * 1024, 7));
  const { peer } = await connectHost(await startService(folder));
  const { deviceId } = await peer.request('device/open', { path });
  const socketPath = join(folder, 'export.sock');
  const { exportId } = await peer.request('export/start', { deviceId, socketPath, writable: false });
  const clients = await Promise.all([1, 2].map(() => NbdClient.connect(`nbd+unix:///?socket=${socketPath}`)));
  for (const client of clients) expect(await client.read(0, 1)).toEqual(Buffer.from([7]));
  expect((await peer.request('device/open', { path, users: true })).usage).toEqual([expect.stringContaining(socketPath)]);
  await peer.request('export/stop', { exportId });
  await expect(clients[0]!.read(0, 1)).rejects.toMatchObject({ code: 'DeviceGone' });
  expect(existsSync(socketPath)).toBe(false);
});

test('only overlays are exported for writing', async () => {
  const folder = await scratchFolder();
  const path = join(folder, 'disk.img');
  await writeFile(path, Buffer.alloc(65536));
  const { peer } = await connectHost(await startService(folder));
  const { deviceId } = await peer.request('device/open', { path });
  const start = peer.request('export/start', { deviceId, socketPath: join(folder, 'x.sock'), writable: true });
  await expect(start).rejects.toMatchObject({ code: 'Refused', message: expect.stringMatching(/no overlay/) });
});

test('an export whose host is gone ends with its last client', async () => {
  const folder = await scratchFolder();
  const path = join(folder, 'disk.img');
  await writeFile(path, Buffer.alloc(65536, 1));
  const running = await startService(folder);
  const { peer } = await connectHost(running);
  const { deviceId } = await peer.request('device/open', { path });
  const socketPath = join(folder, 'export.sock');
  await peer.request('export/start', { deviceId, socketPath, writable: false });
  const client = await NbdClient.connect(`nbd+unix:///?socket=${socketPath}`);
  peer.close();
  expect(await client.read(0, 1)).toEqual(Buffer.from([1]));
  client.close();
  await running.service.ended;
});

test('a socket path longer than the kernel takes is served all the same', async () => {
  const folder = await scratchFolder();
  const path = join(folder, 'disk.img');
  await writeFile(path, Buffer.alloc(65536, 1));
  const { peer } = await connectHost(await startService(folder));
  const { deviceId } = await peer.request('device/open', { path });
  const socketPath = join(folder, `${'long'.repeat(30)}.sock`);
  const { exportId } = await peer.request('export/start', { deviceId, socketPath, writable: false });
  expect(existsSync(socketPath)).toBe(true);
  await peer.request('export/stop', { exportId });
  expect(existsSync(socketPath)).toBe(false);
});

test('a socket in use is not taken over, a dead one is', async () => {
  const folder = await scratchFolder();
  const path = join(folder, 'disk.img');
  await writeFile(path, Buffer.alloc(65536, 1));
  const { peer } = await connectHost(await startService(folder));
  const { deviceId } = await peer.request('device/open', { path });
  const socketPath = join(folder, 'export.sock');
  await peer.request('export/start', { deviceId, socketPath, writable: false });
  await expect(peer.request('export/start', { deviceId, socketPath, writable: false })).rejects.toMatchObject({
    code: 'Refused',
  });
  await expect(peer.request('export/start', { deviceId, socketPath: path, writable: false })).rejects.toMatchObject({
    code: 'Refused',
    message: expect.stringMatching(/no socket/),
  });
  (await connectSocket(socketPath)).destroy();
});
