import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { NbdClient } from '@diskwright/sdk/nbd';
import { expect, test } from 'vitest';
import { loopDevice } from '../support/loopDevice';
import { scratchFolder } from '../support/scratch';
import { connectHost, connectSocket, controlPeer, startService } from '../support/service';
import { requireRoot, requireTool } from '../support/tools';

const STRANGER = 65534;
const MiB = 1024 * 1024;

/** What a process of another user gets from a unix socket: the error's code, or how many bytes before the end. */
function askAsStranger(path: string, line: string): Promise<string> {
  const script = `
    process.setgid(${STRANGER}); process.setuid(${STRANGER});
    const socket = require('node:net').connect(process.argv[1]);
    let bytes = 0;
    socket.on('connect', () => socket.write(process.argv[2]));
    socket.on('data', (chunk) => (bytes += chunk.length));
    socket.on('error', (error) => console.log(error.code));
    socket.on('close', () => console.log(bytes));`;
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['-e', script, path, line], { stdio: ['ignore', 'pipe', 'inherit'], cwd: '/' });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.once('error', reject);
    child.once('close', () => resolve(output.trim().split('\n')[0]!));
  });
}

async function image(): Promise<string> {
  const path = join(await scratchFolder(), 'disk.img');
  await writeFile(path, randomBytes(MiB));
  return path;
}

test('the sockets lie in a folder that nobody else may enter', async () => {
  const { service } = await startService(await scratchFolder());
  const folder = await stat(dirname(service.controlSocket));
  expect(folder.mode & 0o777).toBe(0o700);
  expect((await stat(service.controlSocket)).mode & 0o777).toBe(0o600);
});

test('a stranger who reaches the sockets all the same is sent away, knowing the secret or not', async () => {
  requireRoot();
  const { service, parameters } = await startService(await scratchFolder());
  await chmod(dirname(service.controlSocket), 0o711);
  await chmod(service.controlSocket, 0o666);
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'hello', params: { secret: parameters.secret, protocol: 1 } });
  expect(await askAsStranger(service.controlSocket, `Content-Length: ${body.length}\r\n\r\n${body}`)).toMatch(
    /^(0|ECONNRESET|EPIPE)$/,
  );
  const dataSocket = join(dirname(service.controlSocket), 'data.sock');
  await chmod(dataSocket, 0o666);
  const { peer } = await connectHost({ service, parameters });
  const { deviceId } = await peer.request('device/open', { path: await image() });
  const { token } = await peer.request('lease/create', { deviceId, offset: 0, length: MiB, holder: 'test' });
  expect(await askAsStranger(dataSocket, `${token}\n`)).toMatch(/^(0|ECONNRESET|EPIPE)$/);
});

test('a wrong secret is refused and the connection closed', async () => {
  const running = await startService(await scratchFolder());
  let closed: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => (closed = resolve));
  const peer = await controlPeer(running.service.controlSocket, closed);
  const secret = 'f'.repeat(64);
  await expect(peer.request('hello', { secret, protocol: 1 })).rejects.toMatchObject({ code: 'CapabilityDenied' });
  await ended;
  const { peer: host } = await connectHost(running);
  expect(await host.request('device/list', {})).toHaveProperty('devices');
});

test('after five wrong secrets nobody gets in', async () => {
  const running = await startService(await scratchFolder());
  for (let count = 0; count < 5; count++) {
    const peer = await controlPeer(running.service.controlSocket);
    await expect(peer.request('hello', { secret: `${count}`.repeat(64), protocol: 1 })).rejects.toMatchObject({
      code: 'CapabilityDenied',
    });
  }
  await running.service.ended;
  await expect(connectSocket(running.service.controlSocket)).rejects.toMatchObject({ code: 'ENOENT' });
});

test('nothing is answered before hello', async () => {
  const { service } = await startService(await scratchFolder());
  const peer = await controlPeer(service.controlSocket);
  await expect(peer.request('device/list', {})).rejects.toMatchObject({ code: 'CapabilityDenied' });
});

test('a second control connection is refused, one that was waiting is closed', async () => {
  const running = await startService(await scratchFolder());
  let closed: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => (closed = resolve));
  await controlPeer(running.service.controlSocket, closed);
  const { peer } = await connectHost(running);
  await ended;
  await expect(connectSocket(running.service.controlSocket)).rejects.toMatchObject({
    code: expect.stringMatching(/ENOENT|ECONNREFUSED/),
  });
  await expect(peer.request('hello', { secret: running.parameters.secret, protocol: 1 })).rejects.toMatchObject({
    code: 'InvalidInput',
  });
});

test('messages that are not as their schema says are refused', async () => {
  const { peer } = await connectHost(await startService(await scratchFolder()));
  await expect(peer.request('device/read', { deviceId: 'x', offset: -1, length: 1 })).rejects.toMatchObject({
    code: 'InvalidInput',
  });
  await expect(peer.request('device/read', { deviceId: 'x', offset: 0, length: 2 ** 20 })).rejects.toMatchObject({
    code: 'InvalidInput',
  });
});

test('a token works once', async () => {
  const { peer, data } = await connectHost(await startService(await scratchFolder()));
  const { deviceId } = await peer.request('device/open', { path: await image() });
  const { token } = await peer.request('lease/create', { deviceId, offset: 0, length: MiB, holder: 'test' });
  const client = await NbdClient.connect(await data(token), { kind: 'lease' });
  await expect(NbdClient.connect(await data(token), { kind: 'lease' })).rejects.toMatchObject({ code: 'LeaseRevoked' });
  expect(await client.read(0, 512)).toHaveLength(512);
  client.close();
});

test('a made-up token gets nothing', async () => {
  const { data } = await connectHost(await startService(await scratchFolder()));
  await expect(NbdClient.connect(await data('0'.repeat(64)), { kind: 'lease' })).rejects.toMatchObject({ code: 'LeaseRevoked' });
});

test('a lease outside of its device is refused', async () => {
  const { peer } = await connectHost(await startService(await scratchFolder()));
  const { deviceId } = await peer.request('device/open', { path: await image() });
  const range = { offset: MiB - 512, length: 1024, holder: 'test' };
  await expect(peer.request('lease/create', { deviceId, ...range })).rejects.toMatchObject({ code: 'InvalidInput' });
});

test('a revoked lease fails what comes later, and is gone', async () => {
  const { peer, data } = await connectHost(await startService(await scratchFolder()));
  const { deviceId } = await peer.request('device/open', { path: await image() });
  const { leaseId, token } = await peer.request('lease/create', { deviceId, offset: 0, length: MiB, holder: 'test' });
  const client = await NbdClient.connect(await data(token), { kind: 'lease' });
  await client.read(0, 512);
  await peer.request('lease/revoke', { leaseId });
  await expect(client.read(0, 512)).rejects.toMatchObject({ code: 'LeaseRevoked' });
  expect(await client.closed).toMatchObject({ code: 'LeaseRevoked' });
  await expect(peer.request('lease/revoke', { leaseId })).rejects.toMatchObject({ code: 'InvalidInput' });
});

test('the elevated service opens block devices and no regular file', async () => {
  requireRoot();
  requireTool('losetup');
  const { peer } = await connectHost(await startService(await scratchFolder(), { elevated: true }));
  const path = await image();
  await expect(peer.request('device/open', { path })).rejects.toMatchObject({
    code: 'Refused',
    message: expect.stringMatching(/block devices only/),
  });
  await expect(peer.request('device/open', { path: 'nbd://localhost/' })).rejects.toMatchObject({ code: 'Refused' });
  await expect(peer.request('blob/export', { digests: [], folder: '/tmp/x' })).rejects.toMatchObject({ code: 'Refused' });
  const device = await peer.request('device/open', { path: await loopDevice(path) });
  expect(device).toMatchObject({ size: MiB, identity: { kind: 'block' } });
});

test('the elevated service serves the user that it was elevated for, and not its own', async () => {
  requireRoot();
  const running = await startService(await scratchFolder(), { elevated: true, user: STRANGER });
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'hello', params: { secret: 'x'.repeat(64), protocol: 1 } });
  // Wrong secret: an answer, so the user as such is let in.
  expect(
    Number(await askAsStranger(running.service.controlSocket, `Content-Length: ${body.length}\r\n\r\n${body}`)),
  ).toBeGreaterThan(0);
  await expect(connectHost(running)).rejects.toMatchObject({ code: 'PeerGone' });
});
