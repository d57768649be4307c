import type { Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { socketPair } from '../testing/socketPair';
import { NbdClient } from './client';

const cleanups: (() => void)[] = [];
afterEach(() => cleanups.splice(0).forEach((cleanup) => cleanup()));

const GREETING = Buffer.concat([Buffer.from('NBDMAGICIHAVEOPT', 'latin1'), Buffer.from([0, 3])]);
const OPTION = { structuredReply: 8, setMetaContext: 10, go: 7 };
const ACK = 1;

const uint16 = (value: number) => Buffer.from([value >> 8, value & 0xff]);
const uint32 = (value: number) => Buffer.from([value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff]);
const uint64 = (value: bigint) => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
};
const optionReply = (option: number, type: number, data = Buffer.alloc(0)) =>
  Buffer.concat([Buffer.from('0003e889045565a9', 'hex'), uint32(option), uint32(type), uint32(data.length), data]);
const exportInfo = (size: bigint, flags = 1) =>
  optionReply(OPTION.go, 3, Buffer.concat([uint16(0), uint64(size), uint16(flags)]));
const blockSizes = (...sizes: number[]) => optionReply(OPTION.go, 3, Buffer.concat([uint16(3), ...sizes.map(uint32)]));
const HANDSHAKE = Buffer.concat([
  GREETING,
  optionReply(OPTION.structuredReply, ACK),
  optionReply(OPTION.setMetaContext, 4, Buffer.concat([uint32(9), Buffer.from('base:allocation')])),
  optionReply(OPTION.setMetaContext, ACK),
  exportInfo(1n << 20n),
  optionReply(OPTION.go, ACK),
]);
/** The client's first cookie. */
const COOKIE = Buffer.from('44574e4200000000', 'hex');
const chunk = (type: number, payload: Buffer, done = true, cookie = COOKIE) =>
  Buffer.concat([Buffer.from('668e33ef', 'hex'), uint16(done ? 1 : 0), uint16(type), cookie, uint32(payload.length), payload]);

async function connect(script: Buffer): Promise<{ client: Promise<NbdClient>; server: Socket }> {
  const [socket, server] = await socketPair();
  cleanups.push(() => [socket, server].forEach((end) => end.destroy()));
  server.on('error', () => undefined).resume();
  server.write(script);
  return { client: NbdClient.connect(socket, { device: 'lease', handshakeTimeout: 2000 }), server };
}

async function connected(): Promise<{ client: NbdClient; server: Socket }> {
  const { client, server } = await connect(HANDSHAKE);
  return { client: await client, server };
}

test.each([
  ['is no NBD server', Buffer.alloc(64, 'x'), /no NBD server/],
  ['is oldstyle', Buffer.concat([Buffer.from('NBDMAGIC'), Buffer.from('00420281861253', 'hex'), Buffer.alloc(16)]), /oldstyle/],
  ['is not fixed newstyle', Buffer.concat([GREETING.subarray(0, 16), Buffer.from([0, 0])]), /fixed newstyle/],
  [
    'sends an endless reply',
    Buffer.concat([GREETING, optionReply(OPTION.structuredReply, ACK).subarray(0, 16), uint32(0xffffffff)]),
    /4294967295 bytes/,
  ],
  ['answers another option', Buffer.concat([GREETING, optionReply(99, ACK)]), /something else/],
  ['wants TLS', Buffer.concat([HANDSHAKE.subarray(0, HANDSHAKE.length - 20), optionReply(OPTION.go, 2 ** 31 + 5)]), /TLS/],
  [
    'has no such export',
    Buffer.concat([
      HANDSHAKE.subarray(0, HANDSHAKE.length - 20),
      optionReply(OPTION.go, 2 ** 31 + 6, Buffer.from('a\u001b[31mb')),
    ]),
    /a \[31mb/,
  ],
])('a server that %s is refused', async (_name, script, message) => {
  const { client } = await connect(script);
  await expect(client).rejects.toThrow(message);
});

test.each([
  ['a size of 2^63', exportInfo(1n << 63n), /2\^53/],
  ['no transmission flags', exportInfo(512n, 0), /transmission flags/],
  ['a block size of 3', Buffer.concat([exportInfo(512n), blockSizes(3, 4096, 4096)]), /block sizes/],
  ['a block size of 0', Buffer.concat([exportInfo(512n), blockSizes(0, 4096, 4096)]), /block sizes/],
  ['no size', Buffer.alloc(0), /did not tell the size/],
])('an export with %s is refused', async (_name, infos, message) => {
  const start = HANDSHAKE.subarray(0, HANDSHAKE.length - 20 - exportInfo(0n).length);
  const { client } = await connect(Buffer.concat([start, infos, optionReply(OPTION.go, ACK)]));
  await expect(client).rejects.toThrow(message);
});

test('option replies without end are refused', async () => {
  const { client } = await connect(
    Buffer.concat([GREETING, ...Array.from({ length: 100 }, () => optionReply(OPTION.structuredReply, 3, uint32(0)))]),
  );
  await expect(client).rejects.toThrow(/without end/);
});

test('silence is given up on', async () => {
  const [socket, server] = await socketPair();
  cleanups.push(() => [socket, server].forEach((end) => end.destroy()));
  await expect(NbdClient.connect(socket, { handshakeTimeout: 20 })).rejects.toThrow(/within 20 ms/);
});

const offset = (value: number) => uint64(BigInt(value));
test.each([
  ['a reply without its magic number', Buffer.alloc(32, 7)],
  ['a reply to nothing', chunk(0, Buffer.alloc(0), true, Buffer.from('44574e4200000077', 'hex'))],
  ['data before the range', chunk(1, Buffer.concat([offset(0), Buffer.alloc(512)]))],
  ['data past the range', chunk(1, Buffer.concat([offset(4096 + 512), Buffer.alloc(512)]))],
  ['more data than asked for', chunk(1, Buffer.concat([offset(4096), Buffer.alloc(1024)]))],
  ['a data chunk of 4 GiB', chunk(1, Buffer.alloc(8)).fill(0xff, 16, 20)],
  [
    'the same data twice and then more',
    Buffer.concat([
      chunk(1, Buffer.concat([offset(4096), Buffer.alloc(512)]), false),
      chunk(2, Buffer.concat([offset(4096), uint32(512)])),
    ]),
  ],
  ['a hole of 4 GiB', chunk(2, Buffer.concat([offset(4096), uint32(0xffffffff)]))],
  ['a hole of nothing', chunk(2, Buffer.concat([offset(4096), uint32(0)]))],
  ['less data than asked for', chunk(1, Buffer.concat([offset(4096), Buffer.alloc(100)]))],
  ['nothing at all', chunk(0, Buffer.alloc(0))],
  ['block status', chunk(5, Buffer.concat([uint32(9), uint32(512), uint32(0)]))],
  ['an unknown chunk', chunk(77, Buffer.alloc(4))],
  ['an error longer than any message', chunk(0x8001, Buffer.alloc(6)).fill(0xff, 16, 20)],
  ['an error whose message is longer than itself', chunk(0x8001, Buffer.concat([uint32(5), uint16(500)]))],
  ['a simple reply to a structured read', Buffer.concat([Buffer.from('67446698', 'hex'), uint32(0), COOKIE, Buffer.alloc(512)])],
])('%s ends the connection with an error', async (_name, reply) => {
  const { client, server } = await connected();
  const read = client.read(4096, 512);
  server.write(reply);
  await expect(read).rejects.toMatchObject({ code: 'Failed' });
  await expect(client.read(0, 512)).rejects.toMatchObject({ code: 'Failed' });
});

test('a server that answers one half twice never shows what the memory held', async () => {
  const { client, server } = await connected();
  const read = client.read(0, 8192);
  const half = Buffer.concat([offset(0), Buffer.alloc(4096, 1)]);
  server.write(Buffer.concat([chunk(1, half, false), chunk(1, half)]));
  expect((await read).equals(Buffer.concat([Buffer.alloc(4096, 1), Buffer.alloc(4096)]))).toBe(true);
});

test('chunks may come in any order', async () => {
  const { client, server } = await connected();
  const read = client.read(0, 1024);
  server.write(
    Buffer.concat([
      chunk(1, Buffer.concat([offset(512), Buffer.alloc(512, 2)]), false),
      chunk(1, Buffer.concat([offset(0), Buffer.alloc(512, 1)])),
    ]),
  );
  expect((await read).equals(Buffer.concat([Buffer.alloc(512, 1), Buffer.alloc(512, 2)]))).toBe(true);
});

test('an error names the offset that the server names, and its message without control characters', async () => {
  const { client, server } = await connected();
  const read = client.read(0, 8192);
  const text = Buffer.from('bad\u0007 sector');
  server.write(chunk(0x8002, Buffer.concat([uint32(5), uint16(text.length), text, offset(4096)])));
  await expect(read).rejects.toMatchObject({
    code: 'MediaError',
    message: expect.stringMatching(/bad {1,2}sector/),
    detail: { offset: 4096, length: 4096 },
  });
});

test('a reply that comes byte by byte is read as well', async () => {
  const { client, server } = await connected();
  const read = client.read(0, 512);
  for (const byte of chunk(1, Buffer.concat([offset(0), Buffer.alloc(512, 3)]))) {
    await new Promise<void>((resolve) => server.write(Buffer.from([byte]), () => resolve()));
  }
  expect((await read).equals(Buffer.alloc(512, 3))).toBe(true);
});
