import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MediaError } from '@diskwright/sdk/errors';
import { NbdClient, nbd, type NbdReads, type NbdServerConnection, SocketReader } from '@diskwright/sdk/nbd';
import { socketPair } from '@diskwright/sdk/testing';
import { afterEach, describe, expect, test } from 'vitest';
import { TouchedRanges } from '../audit/touchedRanges';
import type { BlockNode } from '../nodes/blockNode';
import { openDescriptor } from '../nodes/openDescriptor';
import { SliceNode } from '../nodes/sliceNode';
import { serveOnSocket } from './serveOnSocket';

const cleanups: (() => void)[] = [];
afterEach(() => cleanups.splice(0).forEach((cleanup) => cleanup()));

const { Command, CommandFlag, NbdErrno, Option } = nbd;
const SIZE = 1024 * 1024;

/** A node whose reads the test answers, or that answers zeros at once. */
function nodeOf(overrides: Partial<BlockNode> = {}): BlockNode {
  return {
    path: 'node',
    size: SIZE,
    sectorSize: 512,
    physicalSectorSize: 512,
    read: async (_offset, length) => Buffer.alloc(length),
    extents: async (offset, length) => [{ offset, length, kind: 'data' }],
    segments: () => [],
    dispose: async () => undefined,
    ...overrides,
  };
}

/** A node that lies on one descriptor. */
async function fileNode(content: Buffer = Buffer.alloc(SIZE)): Promise<BlockNode> {
  const folder = mkdtempSync(join(tmpdir(), 'diskwright-nbd-'));
  const path = join(folder, 'disk.img');
  writeFileSync(path, content);
  const { node } = await openDescriptor(path, 'file', { sectorSize: 512 });
  cleanups.push(() => {
    void node.dispose();
    rmSync(folder, { recursive: true });
  });
  return node;
}

async function serve(
  node: BlockNode,
  onRead?: (reads: NbdReads) => void,
): Promise<{ socket: Socket; connection: NbdServerConnection }> {
  const [socket, served] = await socketPair();
  cleanups.push(() => [socket, served].forEach((end) => end.destroy()));
  socket.on('error', () => undefined);
  return { socket, connection: serveOnSocket(new SocketReader(served), { node, exportName: 'disk', onRead }) };
}

/** A client that has shaken hands by hand (simple replies) and speaks what it wants. */
async function raw(node = nodeOf()): Promise<{ reader: SocketReader; connection: NbdServerConnection }> {
  const { socket, connection } = await serve(node);
  const reader = new SocketReader(socket);
  await reader.take(18);
  socket.write(Buffer.concat([u32(3), option(Option.exportName, Buffer.from('disk'))]));
  await reader.take(10);
  return { reader, connection };
}

const u32 = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};
const option = (number: number, data: Buffer) => Buffer.concat([nbd.OPTION_MAGIC, u32(number), u32(data.length), data]);

function request(command: number, offset: bigint, length: number, flags = 0): Buffer {
  const bytes = Buffer.alloc(28);
  bytes.writeUInt32BE(nbd.REQUEST_MAGIC, 0);
  bytes.writeUInt16BE(flags, 4);
  bytes.writeUInt16BE(command, 6);
  bytes.writeBigUInt64BE(offset, 16);
  bytes.writeUInt32BE(length, 24);
  return bytes;
}

/** What is served by this process's own code, and what by native threads: a client must not see which. */
const SERVED: [string, () => BlockNode | Promise<BlockNode>][] = [
  ['any node', () => nodeOf()],
  ['a file', () => fileNode()],
  ['a slice of a file', async () => new SliceNode(await fileNode(Buffer.alloc(3 * SIZE)), SIZE, SIZE)],
];

describe.each(SERVED)('of %s', (_node, makeNode) => {
  test.each([
    ['a read past the end', request(Command.read, BigInt(SIZE - 511), 512), NbdErrno.EINVAL],
    ['a read at 2^63', request(Command.read, 1n << 63n, 512), NbdErrno.EINVAL],
    ['a read whose end overflows', request(Command.read, 0xffff_ffff_ffff_fe00n, 512), NbdErrno.EINVAL],
    ['a read of nothing', request(Command.read, 0n, 0), NbdErrno.EINVAL],
    ['a read of more than 32 MiB', request(Command.read, 0n, 32 * 1024 * 1024 + 1), NbdErrno.EINVAL],
    ['an unknown command', request(99, 0n, 512), NbdErrno.EINVAL],
    ['an unknown flag', request(Command.read, 0n, 512, 1 << 14), NbdErrno.EINVAL],
    ['a flag of another command', request(Command.read, 0n, 512, CommandFlag.noHole), NbdErrno.EINVAL],
    ['block status without its context', request(Command.blockStatus, 0n, 512), NbdErrno.EINVAL],
    ['zeroing a read-only export', request(Command.writeZeroes, 0n, 512), NbdErrno.EPERM],
    ['trimming a read-only export', request(Command.trim, 0n, 512), NbdErrno.EPERM],
    ['writing a read-only export', Buffer.concat([request(Command.write, 0n, 512), Buffer.alloc(512)]), NbdErrno.EPERM],
  ])('%s is refused, and the connection goes on', async (_name, bytes, errno) => {
    const { reader } = await raw(await makeNode());
    reader.socket.write(bytes);
    expect((await reader.take(16)).readUInt32BE(4)).toBe(errno);
    reader.socket.write(request(Command.flush, 0n, 0));
    expect((await reader.take(16)).readUInt32BE(4)).toBe(0);
  });

  test.each([
    ['a request without its magic number', Buffer.alloc(28, 1)],
    ['a write of 4 GiB', request(Command.write, 0n, 0xffffffff)],
  ])('%s ends the connection', async (_name, bytes) => {
    const { reader, connection } = await raw(await makeNode());
    reader.socket.write(bytes);
    await connection.closed;
  });

  test('what is sent together with the end of the handshake is answered', async () => {
    const { socket } = await serve(await makeNode());
    const reader = new SocketReader(socket);
    await reader.take(18);
    const reads = Array.from({ length: 8 }, () => request(Command.read, 0n, 4096));
    socket.write(Buffer.concat([u32(3), option(Option.exportName, Buffer.from('disk')), ...reads]));
    await reader.take(10);
    for (let index = 0; index < reads.length; index++) expect((await reader.take(16 + 4096)).readUInt32BE(4)).toBe(0);
  });

  test('a client that sends no more gets its replies', async () => {
    const { reader, connection } = await raw(await makeNode());
    for (let index = 0; index < 32; index++) reader.socket.write(request(Command.read, 0n, 65536));
    reader.socket.end();
    await reader.skip(32 * (16 + 65536));
    await connection.closed;
  });

  test('NBD_CMD_DISC ends the connection', async () => {
    const { reader, connection } = await raw(await makeNode());
    reader.socket.write(request(Command.disconnect, 0n, 0));
    await connection.closed;
    await expect(reader.take(1)).rejects.toMatchObject({ code: 'PeerGone' });
  });

  test('a revoked client is told so, whatever it asks for at that time', async () => {
    const { socket, connection } = await serve(await makeNode());
    const client = await NbdClient.connect(socket, { kind: 'lease' });
    const reads = Array.from({ length: 64 }, (_, index) => client.read(index * 512, 65536));
    const revoked = connection.revoke();
    const outcomes = await Promise.allSettled(reads);
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'LeaseRevoked' });
    await revoked;
    await expect(client.read(0, 512)).rejects.toMatchObject({ code: 'LeaseRevoked' });
  });

  test('a client that never reads does not fill the memory, and goes with its socket', async () => {
    const { reader, connection } = await raw(await makeNode());
    reader.socket.pause();
    const before = process.memoryUsage.rss();
    const length = 1024 * 1024;
    // More than the system keeps for a receiver that has stopped: it takes no more of them.
    const requests = Array.from({ length: 65_536 }, () => request(Command.read, 0n, length));
    reader.socket.write(Buffer.concat(requests));
    let left = -1;
    while (left !== reader.socket.bytesWritten) {
      left = reader.socket.bytesWritten;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(process.memoryUsage.rss() - before).toBeLessThan(96 * length);
    reader.socket.destroy();
    await connection.closed;
  });
});

test.each([
  ['an option of 4 GiB', Buffer.concat([u32(3), nbd.OPTION_MAGIC, u32(Option.go), u32(0xffffffff)])],
  ['an option without its magic number', Buffer.concat([u32(3), Buffer.alloc(16, 1)])],
  ['unknown client flags', u32(0xff)],
  ['options without end', Buffer.concat([u32(3), ...Array.from({ length: 200 }, () => option(Option.list, Buffer.alloc(0)))])],
  ['an unknown export by its old option', Buffer.concat([u32(3), option(Option.exportName, Buffer.from('other'))])],
])('%s ends the handshake', async (_name, bytes) => {
  const { socket, connection } = await serve(nodeOf());
  socket.resume().write(bytes);
  await connection.closed;
});

test.each([
  ['a name longer than the option', Buffer.concat([u32(100), Buffer.from('x')])],
  ['more kinds of information than the option holds', Buffer.concat([u32(0), Buffer.from([0xff, 0xff])])],
  ['bytes left over', Buffer.concat([u32(0), Buffer.from([0, 0, 7])])],
])('an option with %s is told to be invalid', async (_name, data) => {
  const { socket } = await serve(nodeOf());
  const reader = new SocketReader(socket);
  await reader.take(18);
  socket.write(Buffer.concat([u32(3), option(Option.go, data)]));
  expect((await reader.take(20)).readUInt32BE(12)).toBe(nbd.OptionReply.invalid);
});

test('an unknown export is told to be unknown', async () => {
  const { socket } = await serve(nodeOf());
  await expect(NbdClient.connect(socket, { exportName: 'other' })).rejects.toMatchObject({ code: 'InvalidInput' });
});

test('no more than 16 MiB are under way, whatever is asked for', async () => {
  let underWay = 0;
  let most = 0;
  const answers: (() => void)[] = [];
  const read = (_offset: number, length: number) =>
    new Promise<Buffer>((resolve) => {
      most = Math.max(most, (underWay += length));
      answers.push(() => {
        underWay -= length;
        resolve(Buffer.alloc(length, 1));
      });
      setImmediate(() => answers.shift()?.());
    });
  const { reader } = await raw(nodeOf({ size: 2 ** 40, read }));
  const length = 1024 * 1024;
  for (let index = 0; index < 64; index++) reader.socket.write(request(Command.read, BigInt(index * length), length));
  for (let index = 0; index < 64; index++) await reader.skip(16 + length);
  expect(most).toBeLessThanOrEqual(nbd.WINDOW_BYTES);
});

test('revoking answers what is under way, then closes', async () => {
  let answer: () => void = () => undefined;
  const asked = new Promise<void>((started) => {
    answer = () => started();
  });
  let finish: (bytes: Buffer) => void = () => undefined;
  const node = nodeOf({
    read: () => {
      answer();
      return new Promise((resolve) => (finish = resolve));
    },
  });
  const { socket, connection } = await serve(node);
  const client = await NbdClient.connect(socket, { kind: 'lease' });
  const first = client.read(0, 512);
  await asked;
  const revoked = connection.revoke();
  const second = client.read(512, 512);
  await expect(second).rejects.toMatchObject({ code: 'LeaseRevoked' });
  finish(Buffer.alloc(512, 9));
  expect((await first).equals(Buffer.alloc(512, 9))).toBe(true);
  await revoked;
  await expect(client.read(0, 512)).rejects.toMatchObject({ code: 'LeaseRevoked' });
});

test('revoking during the handshake closes at once', async () => {
  const { connection } = await serve(nodeOf());
  await connection.revoke();
});

test('an unreadable sector is told with its offset', async () => {
  const read = () => Promise.reject(new MediaError('bad sector', { device: 'node', offset: 4096, length: 512 }));
  const { socket } = await serve(nodeOf({ read }));
  const client = await NbdClient.connect(socket);
  await expect(client.read(0, 65536)).rejects.toMatchObject({ code: 'MediaError', detail: { offset: 4096 } });
});

test('a client that goes away cancels what it asked for', async () => {
  let cancelled: () => void = () => undefined;
  const aborted = new Promise<void>((resolve) => (cancelled = resolve));
  const read = (_offset: number, _length: number, signal?: AbortSignal) =>
    new Promise<Buffer>((_, reject) => {
      signal!.addEventListener('abort', () => {
        cancelled();
        reject(new Error('cancelled'));
      });
    });
  const { reader, connection } = await raw(nodeOf({ read }));
  reader.socket.write(request(Command.read, 0n, 512), () => reader.socket.destroy());
  await aborted;
  await connection.closed;
});

test.each([
  ['natively', () => fileNode()],
  ['by a node', async () => nodeOf()],
])('what was read %s is told to the byte', async (_, makeNode) => {
  const read = new TouchedRanges();
  const { socket, connection } = await serve(await makeNode(), (reads) => read.addAll(reads));
  const client = await NbdClient.connect(new SocketReader(socket), { device: 'disk' });
  for (const [offset, length] of [
    [8192, 4096],
    [12288, 512],
    [100, 7],
    [100, 7],
    [SIZE - 1, 1],
  ] as const)
    await client.read(offset, length);
  connection.charge();
  expect(read).toMatchObject({
    ranges: [
      { offset: 100, length: 7 },
      { offset: 8192, length: 4608 },
      { offset: SIZE - 1, length: 1 },
    ],
    bytes: 4623,
    requests: 5,
    rounded: false,
  });
});

test('of too many places that were read natively the nearest become one', async () => {
  const read = new TouchedRanges();
  const { socket, connection } = await serve(await fileNode(), (reads) => read.addAll(reads));
  const client = await NbdClient.connect(new SocketReader(socket), { device: 'disk' });
  for (let offset = 0; offset < SIZE; offset += 8192) await client.read(offset, 512);
  connection.charge();
  expect(read.ranges.length).toBeLessThanOrEqual(64);
  expect(read).toMatchObject({ bytes: 128 * 512, requests: 128, rounded: true });
  expect(read.ranges[0]!.offset).toBe(0);
  expect(read.ranges.at(-1)!.offset + read.ranges.at(-1)!.length).toBe(SIZE - 8192 + 512);
});
