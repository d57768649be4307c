import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { NbdClient, type NbdClientOptions } from '@diskwright/sdk/nbd';
import { expect, onTestFinished, test } from 'vitest';
import { openNode } from '../../core/src/sector/nodes/openNode';
import { nbdkit, qemuNbd } from '../support/nbdServer';
import { scratchFolder } from '../support/scratch';
import { must } from '../support/tool';
import { requireTool } from '../support/tools';

const MiB = 1024 * 1024;

async function client(uri: string, options?: NbdClientOptions): Promise<NbdClient> {
  const connected = await NbdClient.connect(uri, options);
  onTestFinished(() => connected.close());
  return connected;
}

async function file(content: Buffer): Promise<string> {
  const path = join(await scratchFolder(), 'content.img');
  await writeFile(path, content);
  return path;
}

test('reads of any size and alignment equal the file that nbdkit serves', async () => {
  requireTool('nbdkit');
  const content = randomBytes(40 * MiB + 512);
  const nbd = await client((await nbdkit('file', await file(content))).uri);
  expect(nbd.size).toBe(content.length);
  const reads = [
    [0, 1],
    [511, 4097],
    [MiB - 1, 2 * MiB],
    [content.length - 3, 3],
    [0, content.length],
  ] as const;
  const answers = await Promise.all(reads.map(([offset, length]) => nbd.read(offset, length)));
  reads.forEach(([offset, length], index) =>
    expect(answers[index]!.equals(content.subarray(offset, offset + length))).toBe(true),
  );
});

test('simple replies do as well', async () => {
  requireTool('nbdkit');
  const content = randomBytes(3 * MiB);
  const nbd = await client((await nbdkit('--no-sr', 'file', await file(content))).uri);
  expect((await nbd.read(1, content.length - 1)).equals(content.subarray(1))).toBe(true);
  expect(await nbd.blockStatus(0, MiB)).toEqual([{ offset: 0, length: MiB, hole: false, zero: false }]);
});

test('writes, zeroes and trims arrive at nbdkit', async () => {
  requireTool('nbdkit');
  const nbd = await client((await nbdkit('memory', '16M')).uri);
  const bytes = randomBytes(6 * MiB);
  await nbd.write(1001, bytes, { fua: true });
  await nbd.zero(2 * MiB, MiB);
  await nbd.trim(4 * MiB, MiB);
  await nbd.flush();
  const expected = Buffer.alloc(16 * MiB);
  bytes.copy(expected, 1001);
  expected.fill(0, 2 * MiB, 3 * MiB).fill(0, 4 * MiB, 5 * MiB);
  expect((await nbd.read(0, 16 * MiB)).equals(expected)).toBe(true);
  const runs = await nbd.blockStatus(0, 16 * MiB);
  expect(runs.at(-1)).toMatchObject({ hole: true, zero: true });
});

test('qemu-nbd serves a raw image', async () => {
  requireTool('qemu-nbd');
  const content = randomBytes(8 * MiB);
  const nbd = await client((await qemuNbd('raw', await file(content))).uri);
  expect((await nbd.read(0, content.length)).equals(content)).toBe(true);
});

test('qemu-nbd serves a qcow2 image with its holes, and is written to', async () => {
  requireTool('qemu-nbd', 'qemu-img', 'qemu-io');
  const path = join(await scratchFolder(), 'disk.qcow2');
  await must('qemu-img', 'create', '-q', '-f', 'qcow2', path, '64M');
  const server = await qemuNbd('qcow2', path);
  const nbd = await client(server.uri);
  expect(await nbd.blockStatus(0, nbd.size)).toEqual([{ offset: 0, length: 64 * MiB, hole: true, zero: true }]);
  await nbd.write(5 * MiB, Buffer.alloc(65536, 0x42), { fua: true });
  expect((await nbd.blockStatus(0, nbd.size)).map(({ zero }) => zero)).toEqual([true, false, true]);
  nbd.close();
  await nbd.closed;
  await server.kill();
  expect(await must('qemu-io', '-r', '-f', 'qcow2', '-c', 'read -P 0x42 5M 64k', path)).toMatch(/read 65536\/65536/);
});

test('a server that wants 4096-byte blocks is read and written at any alignment', async () => {
  requireTool('nbdkit');
  const nbd = await client(
    (await nbdkit('--filter=blocksize-policy', 'memory', '1M', 'blocksize-minimum=4096', 'blocksize-error-policy=error')).uri,
  );
  expect(nbd.sectorSize).toBe(4096);
  await Promise.all([nbd.write(10, Buffer.alloc(5000, 1)), nbd.write(5010, Buffer.alloc(5000, 2)), nbd.zero(20_001, 10_000)]);
  const expected = Buffer.alloc(MiB).fill(1, 10, 5010).fill(2, 5010, 10_010);
  expect((await nbd.read(3, 40_000)).equals(expected.subarray(3, 40_003))).toBe(true);
});

test('a bad sector is named exactly', async () => {
  requireTool('nbdkit');
  const folder = await scratchFolder();
  const map = join(folder, 'mapfile');
  await writeFile(map, `0x0 +\n0x000000 0x301000 +\n0x301000 0x1000 -\n0x302000 0x4FE000 +\n`);
  const server = await nbdkit('--filter=ddrescue', 'file', await file(randomBytes(8 * MiB)), `ddrescue-mapfile=${map}`);
  const { node } = await openNode(server.uri, { elevated: false, overlays: null });
  onTestFinished(() => node.dispose());
  await expect(node.read(MiB, 6 * MiB)).rejects.toMatchObject({ code: 'MediaError', detail: { offset: 0x301000, length: 512 } });
  await expect(node.read(0, 0x301000)).resolves.toHaveLength(0x301000);
  await expect(node.read(0x302000, MiB)).resolves.toHaveLength(MiB);
});

test('an error that the server gives for every read is a media error', async () => {
  requireTool('nbdkit');
  const nbd = await client((await nbdkit('--filter=error', 'memory', '1M', 'error=EIO', 'error-pread-rate=100%')).uri);
  await expect(nbd.read(4096, 512)).rejects.toMatchObject({ code: 'MediaError', detail: { offset: 4096, length: 512 } });
});

test('a full server is no media error', async () => {
  requireTool('nbdkit');
  const nbd = await client((await nbdkit('--filter=error', 'memory', '1M', 'error=ENOSPC', 'error-pwrite-rate=100%')).uri);
  await expect(nbd.write(0, Buffer.alloc(512))).rejects.toMatchObject({
    code: 'Failed',
    message: expect.stringMatching(/no space/),
  });
});

test('what waits when the server is killed fails as a device that is gone', async () => {
  requireTool('nbdkit');
  const server = await nbdkit('--filter=delay', 'memory', '1M', 'rdelay=60');
  const nbd = await client(server.uri);
  const reads = Promise.allSettled([nbd.read(0, 512), nbd.read(4096, 65536)]);
  await server.kill();
  for (const read of await reads) expect(read).toMatchObject({ status: 'rejected', reason: { code: 'DeviceGone' } });
  await expect(nbd.read(0, 512)).rejects.toMatchObject({ code: 'DeviceGone' });
  expect(await nbd.closed).toMatchObject({ code: 'DeviceGone' });
});

test('of a lease the end is a revoked lease', async () => {
  requireTool('nbdkit');
  const server = await nbdkit('memory', '1M');
  const nbd = await client(server.uri, { kind: 'lease' });
  await server.kill();
  await nbd.closed;
  await expect(nbd.read(0, 512)).rejects.toMatchObject({ code: 'LeaseRevoked' });
});

test('a read is cancelled at once, and the connection goes on', async () => {
  requireTool('nbdkit');
  const nbd = await client((await nbdkit('--filter=delay', 'memory', '1M', 'rdelay=300ms')).uri);
  const controller = new AbortController();
  const read = nbd.read(0, 512, controller.signal);
  controller.abort();
  await expect(read).rejects.toMatchObject({ code: 'Cancelled' });
  expect(await nbd.read(512, 512)).toEqual(Buffer.alloc(512));
});

test('an export that the server does not have is named', async () => {
  requireTool('qemu-nbd');
  const { uri } = await qemuNbd('raw', await file(Buffer.alloc(MiB)), '--export-name', 'real');
  const socket = uri.split('socket=')[1]!;
  await expect(NbdClient.connect(`nbd+unix:///other?socket=${socket}`)).rejects.toMatchObject({
    code: 'InvalidInput',
    message: expect.stringMatching(/"other"/),
  });
  expect((await client(`nbd+unix:///real?socket=${socket}`)).size).toBe(MiB);
});

test('nobody listening is a device that is gone', async () => {
  await expect(NbdClient.connect('nbd+unix:///?socket=/does/not/exist')).rejects.toMatchObject({ code: 'DeviceGone' });
});

test('our own server is read through our own client as the file is', async () => {
  const { serveNode } = await import('../support/serveNode');
  const content = Buffer.concat([randomBytes(MiB), Buffer.alloc(2 * MiB), randomBytes(MiB)]);
  const path = await file(content);
  const { node } = await openNode(path, { elevated: false, overlays: null });
  const nbd = await client(await serveNode(node));
  expect((await nbd.read(0, content.length)).equals(await readFile(path))).toBe(true);
});
