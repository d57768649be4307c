import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ExtentList } from '@diskwright/sdk/extents';
import { NbdClient } from '@diskwright/sdk/nbd';
import { expect, test } from 'vitest';
import { scratchFolder } from '../support/scratch';
import { connectHost, startService } from '../support/service';
import { requireTool } from '../support/tools';

async function imageOf(content: Buffer): Promise<{ folder: string; path: string }> {
  const folder = await scratchFolder();
  const path = join(folder, 'disk.img');
  await writeFile(path, content);
  return { folder, path };
}

test('an image is opened, peeked at and leased', async () => {
  const content = randomBytes(3 * 1024 * 1024);
  const { folder, path } = await imageOf(content);
  const { peer, data } = await connectHost(await startService(folder));
  const device = await peer.request('device/open', { path, users: true });
  expect(device).toMatchObject({ path, size: content.length, sectorSize: 512, readOnly: true, usage: [] });
  expect(device.identity.fingerprint).toBe(
    createHash('sha256').update(content.subarray(0, 65536)).update(content.subarray(-65536)).digest('hex'),
  );
  const peek = await peer.request('device/read', { deviceId: device.deviceId, offset: 700, length: 100 });
  expect(Buffer.from(peek.bytes, 'base64')).toEqual(content.subarray(700, 800));

  const { token } = await peer.request('lease/create', {
    deviceId: device.deviceId,
    offset: 4096,
    length: 1024 * 1024,
    holder: 'test',
  });
  const client = await NbdClient.connect(await data(token), { kind: 'lease' });
  expect(client.size).toBe(1024 * 1024);
  expect(client.readOnly).toBe(true);
  expect(await client.read(1000, 70_001)).toEqual(content.subarray(5096, 75_097));
  await expect(client.read(1024 * 1024 - 1, 2)).rejects.toMatchObject({ code: 'InvalidInput' });
  client.close();
});

test('opening the same again answers the same id, until the file is another', async () => {
  const { folder, path } = await imageOf(randomBytes(65536));
  const { peer } = await connectHost(await startService(folder));
  const first = await peer.request('device/open', { path });
  expect((await peer.request('device/open', { path })).deviceId).toBe(first.deviceId);
  execFileSync('cp', [path, `${path}.new`]);
  execFileSync('mv', [`${path}.new`, path]);
  expect((await peer.request('device/open', { path })).deviceId).not.toBe(first.deviceId);
});

test.each([
  ['a 512-byte table', 512, 512],
  ['a 4096-byte table', 4096, 4096],
])('the sector size of an image is that of %s', async (_name, sectorSize, expected) => {
  requireTool('sgdisk', 'losetup');
  const content = Buffer.alloc(8 * 1024 * 1024);
  content.write('EFI PART', sectorSize, 'latin1');
  const { folder, path } = await imageOf(content);
  const { peer } = await connectHost(await startService(folder));
  expect((await peer.request('device/open', { path })).sectorSize).toBe(expected);
});

test.each([
  ['/dev/null', /character device/],
  ['/tmp', /folder/],
  ['/does/not/exist', /does not exist/],
  ['no-such-overlay', /no overlay named/],
])('%s is not a device', async (path, message) => {
  const { peer } = await connectHost(await startService(await scratchFolder()));
  await expect(peer.request('device/open', { path })).rejects.toMatchObject({
    code: 'InvalidInput',
    message: expect.stringMatching(message),
  });
});

test('an extent list goes in as a blob, is paged through, and comes back', async () => {
  const { peer, data } = await connectHost(await startService(await scratchFolder()));
  const list = ExtentList.fromRanges(Array.from({ length: 10_000 }, (_, index) => ({ offset: index * 8192, length: 4096 })));
  const { token } = await peer.request('blob/put', { kind: 'extents' });
  const socket = await data(token);
  socket.end(list.blob);
  const reference = JSON.parse((await collect(socket)).toString()) as { digest: string; bytes: number };
  expect(reference).toEqual(list.reference());
  const { extents } = await peer.request('extents/page', { digest: reference.digest, from: 9_999, count: 10 });
  expect(extents).toEqual([{ offset: 9_999 * 8192, length: 4096 }]);
  const back = await data((await peer.request('blob/get', reference)).token);
  expect(await collect(back)).toEqual(list.blob);
});

test('a malformed extent list is refused', async () => {
  const { peer, data } = await connectHost(await startService(await scratchFolder()));
  const { token } = await peer.request('blob/put', { kind: 'extents' });
  const socket = await data(token);
  socket.end('DWEXTS01 and no more');
  expect(JSON.parse((await collect(socket)).toString())).toMatchObject({ error: { code: -31001 } });
});

test('blobs go to a folder and come back checked', async () => {
  const folder = await scratchFolder();
  const { peer, data } = await connectHost(await startService(folder));
  const socket = await data((await peer.request('blob/put', { kind: 'bytes' })).token);
  socket.end('some bytes');
  const reference = JSON.parse((await collect(socket)).toString()) as { digest: string; bytes: number };
  const target = join(folder, 'plan.blobs');
  await peer.request('blob/export', { digests: [reference.digest], folder: target });
  const other = await connectHost(await startService(folder));
  await other.peer.request('blob/import', { blobs: [reference], folder: target });
  await writeFile(join(target, reference.digest), 'other bytes');
  await expect(other.peer.request('blob/import', { blobs: [reference], folder: target })).rejects.toMatchObject({
    code: 'InvalidInput',
  });
});

async function collect(socket: NodeJS.ReadableStream): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
