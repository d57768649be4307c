import { afterEach, expect, test } from 'vitest';
import type { Socket } from 'node:net';
import type { DiskwrightError } from '../errors';
import type { PluginProtocol } from '../protocol/index';
import { pluginMessages } from '../protocol/index';
import { socketPair } from '../testing/socketPair';
import { createPeer, type Peer, type PeerHandlers } from './index';

const cleanups: (() => void)[] = [];
afterEach(() => cleanups.splice(0).forEach((cleanup) => cleanup()));

/** A host's peer and the raw socket of a plugin that keeps no rules. */
async function hostile(
  handlers: PeerHandlers<PluginProtocol> = {},
): Promise<{ host: Peer<PluginProtocol>; raw: Socket; hostSocket: Socket; closed: Promise<DiskwrightError | null> }> {
  const [hostSocket, raw] = await socketPair({ pauseOnAccept: true });
  cleanups.push(() => [hostSocket, raw].forEach((socket) => socket.destroy()));
  raw.on('error', () => undefined);
  let onClose: (error: DiskwrightError | null) => void = () => undefined;
  const closed = new Promise<DiskwrightError | null>((resolve) => (onClose = resolve));
  const host = createPeer<PluginProtocol>({
    stream: hostSocket,
    table: pluginMessages,
    side: 'host',
    name: 'plugin bad',
    handlers,
    onClose,
  });
  return { host, raw, hostSocket, closed };
}

test.each([
  ['a header without an end', 'Content-Length: 1\r\n' + 'X'.repeat(4096), 'FrameTooLarge', /header is longer than 1024/],
  ['a length of 4e9 in digits', 'Content-Length: 4000000000\r\n\r\n', 'FrameTooLarge', /4000000000 bytes is larger/],
  ['a length in exponent form', 'Content-Length: 4e9\r\n\r\n', 'Failed', /digits only/],
  ['a negative length', 'Content-Length: -1\r\n\r\n', 'Failed', /digits only/],
  ['a length with spaces', 'Content-Length:  12\r\n\r\n', 'Failed', /digits only/],
  ['two lengths', 'Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}', 'Failed', /exactly one/],
  ['no length', 'Content-Type: x\r\n\r\n{}', 'Failed', /needs a Content-Length/],
  ['an unknown header', 'X-Evil: 1\r\n\r\n', 'Failed', /malformed message header/],
  ['a body that is no JSON', 'Content-Length: 3\r\n\r\n{x}', 'Failed', /not valid JSON/],
  ['a batch', 'Content-Length: 2\r\n\r\n[]', 'Failed', /no JSON-RPC/],
  ['a cancel without an id', body({ jsonrpc: '2.0', method: '$/cancelRequest' }), 'Failed', /no JSON-RPC/],
  ['a request whose id is an object', body({ jsonrpc: '2.0', id: {}, method: 'ping', params: {} }), 'Failed', /no JSON-RPC/],
])('%s ends the connection with the reason', async (_name, bytes, code, message) => {
  const { host, raw, closed, hostSocket } = await hostile();
  const pending = host.request('ping', {}).catch((error: unknown) => error);
  raw.write(bytes);
  expect(await closed).toMatchObject({ code, message: expect.stringMatching(message) as string });
  expect(await pending).toMatchObject({ code: 'PeerGone', message: expect.stringMatching(message) as string });
  expect(hostSocket.destroyed).toBe(true);
});

test('twenty megabytes without the end of a header cost neither memory nor time', async () => {
  const { raw, hostSocket, closed } = await hostile();
  raw.write(Buffer.alloc(20 * 1024 * 1024, 'A'));
  expect(await closed).toMatchObject({ code: 'FrameTooLarge' });
  expect(hostSocket.bytesRead).toBeLessThan(1024 * 1024);
});

test('messages ahead of the damage are still taken', async () => {
  const lines: string[] = [];
  const { raw, closed } = await hostile({ 'log/write': ({ message }) => void lines.push(message) });
  raw.write(log('one') + log('two') + 'Content-Length: 4e9\r\n\r\n');
  await closed;
  expect(lines).toEqual(['one', 'two']);
});

test('what came before the end of the stream is still taken', async () => {
  const lines: string[] = [];
  const { raw, closed } = await hostile({ 'log/write': ({ message }) => void lines.push(message) });
  raw.end(Array.from({ length: 600 }, (_, index) => log(`${index}`)).join(''));
  expect(await closed).toBeNull();
  expect(lines).toHaveLength(600);
});

test('a frame in pieces of one byte is put together', async () => {
  const lines: string[] = [];
  const { raw } = await hostile({ 'log/write': ({ message }) => void lines.push(message) });
  raw.setNoDelay(true);
  for (const byte of Buffer.from(log('päces'))) {
    raw.write(Buffer.of(byte));
    await new Promise(setImmediate);
  }
  await expect.poll(() => lines).toEqual(['päces']);
});

test('a frame that stalls holds no more than its own size', async () => {
  const { raw, host } = await hostile();
  raw.write(`Content-Length: ${1024 * 1024}\r\n\r\n`);
  raw.write(Buffer.alloc(1024 * 1024 - 1, ' '));
  await new Promise((resolve) => raw.once('drain', resolve));
  expect(host.closed).toBe(false);
});

test('a flood of small notifications is read at the pace at which it is handled', async () => {
  let handled = 0;
  const { raw, hostSocket } = await hostile({ 'log/write': () => void handled++ });
  const chunk = Buffer.from(log('x').repeat(5000));
  let written = 0;
  const flood = () => {
    while (!raw.destroyed && written < 64 * 1024 * 1024) {
      written += chunk.length;
      if (!raw.write(chunk)) return;
    }
  };
  raw.on('drain', flood);
  const before = process.memoryUsage.rss();
  flood();
  await expect.poll(() => handled, { timeout: 20_000 }).toBeGreaterThan(20_000);
  // What was read and not handled: the queue, and what the pausing socket and the decoder had in hand.
  expect(hostSocket.bytesRead - handled * log('x').length).toBeLessThan(1024 * 1024);
  expect(process.memoryUsage.rss() - before).toBeLessThan(96 * 1024 * 1024);
});

test('a peer that asks and never reads is given up', async () => {
  const { raw, closed } = await hostile({ 'blob/get': () => Promise.reject(new Error('y'.repeat(16_000))) });
  const request = (id: number) => body({ jsonrpc: '2.0', id, method: 'blob/get', params: { digest: 'ab'.repeat(32), bytes: 1 } });
  raw.pause();
  let id = 0;
  const ask = () => {
    while (raw.writable && raw.write(Array.from({ length: 100 }, () => request(++id)).join('')));
  };
  raw.on('drain', ask);
  ask();
  expect(await closed).toMatchObject({
    code: 'PeerGone',
    message: expect.stringMatching(/asks without reading|requests allowed were open/) as string,
  });
});

test('too many requests at once are answered, not started', async () => {
  let started = 0;
  const { raw } = await hostile({
    ping: () => {
      started++;
      return new Promise(() => undefined);
    },
  });
  let answers = '';
  raw.on('data', (chunk: Buffer) => (answers += chunk.toString())).resume();
  raw.write(Array.from({ length: 300 }, (_, id) => body({ jsonrpc: '2.0', id, method: 'ping', params: {} })).join(''));
  await expect.poll(() => answers.match(/run at once/g)?.length).toBe(300 - 256);
  expect(started).toBe(256);
});

function body(message: unknown): string {
  const text = JSON.stringify(message);
  return `Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;
}

function log(message: string): string {
  return body({ jsonrpc: '2.0', method: 'log/write', params: { level: 'info', message } });
}
