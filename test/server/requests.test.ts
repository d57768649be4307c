/** What is asked wrongly, by who is signed in, is refused with a reason, and nothing happens. */
import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { bytesPath, CloseCode, RPC_PATH } from '../../core/src/common/workbench/endpoints';
import { rawHttp } from '../support/rawHttp';
import { scratchFolder } from '../support/scratch';
import { sharedWorkbench } from '../support/workbench';

const MIB = 1024 * 1024;
const workbench = sharedWorkbench();
const ran: string[] = [];
beforeAll(async () => {
  await workbench.connect({ 'workbench/run': ({ command }) => void ran.push(command) });
});

test.each([
  '/../server.cjs',
  '/%2e%2e/server.cjs',
  '/..%2fserver.cjs',
  '/%2e%2e%2fserver.cjs',
  '/..%5cserver.cjs',
  '/..\\server.cjs',
  '/%252e%252e%252fserver.cjs',
  '/chunks/../../server.cjs',
  '/main.js/../../server.cjs',
  '/./../server.cjs',
  '//../server.cjs',
  '/..;/server.cjs',
  '/%c0%ae%c0%ae/server.cjs',
  '/main.js%00/../../server.cjs',
  '/../../../../../../../../etc/passwd',
  '//etc/passwd',
  '/%2fetc%2fpasswd',
  'http://127.0.0.1/../server.cjs',
  '/api/devices/../../../server.cjs',
])('%s is no file of the page', async (target) => {
  const { status, body } = await rawHttp(workbench.port, { target, headers: { cookie: workbench.cookie } });
  expect([400, 404]).toContain(status);
  expect(body).not.toMatch(/loadCached|root:/);
});

test.each([
  ['text', 'text/plain', '{"command":"x.y"}', 415],
  ['a form', 'application/x-www-form-urlencoded', 'command=x.y', 415],
  ['no type', '', '{"command":"x.y"}', 415],
  ['damaged JSON', 'application/json', '{"command":', 400],
  ['a prototype', 'application/json', '{"command":"x.y","__proto__":{"a":1}}', 400],
  ['no command', 'application/json', '{}', 400],
  ['a command that is no text', 'application/json', '{"command":{"a":1}}', 400],
  ['more than a command is', 'application/json', `{"command":"x.y","args":"${'a'.repeat(100_000)}"}`, 413],
])('%s is no command to run', async (_name, type, body, expected) => {
  const headers = { cookie: workbench.cookie, origin: workbench.origin, 'content-type': type };
  expect((await rawHttp(workbench.port, { method: 'POST', target: '/api/run', headers, body })).status).toBe(expected);
  expect(ran).toEqual([]);
});

test('the token itself lets a program run a command in every window', async () => {
  const commands: string[] = [];
  const page = await workbench.connect({ 'workbench/run': ({ command }) => void commands.push(command) });
  const headers = { authorization: `Bearer ${workbench.token}`, 'content-type': 'application/json' };
  const { status } = await rawHttp(workbench.port, {
    method: 'POST',
    target: '/api/run',
    headers,
    body: '{"command":"file.open"}',
  });
  expect(status).toBe(204);
  await expect.poll(() => commands).toEqual(['file.open']);
  ran.length = 0;
  page.close();
});

test.each([
  ['an unknown device', 'device-none', 0, 512],
  ['a path for a device', '../../etc/passwd', 0, 512],
  ['a prototype for a device', '__proto__', 0, 512],
])('%s has no bytes', async (_name, id, offset, length) => {
  const answer = await workbench.fetch(bytesPath(id, offset, length));
  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({ code: -31001, message: expect.stringContaining(id) as string });
});

test('a range that does not lie in the device, or is too long, is refused', async () => {
  const image = join(await scratchFolder(), 'small.img');
  await writeFile(image, '');
  await truncate(image, 4 * MIB);
  const { deviceId } = await workbench.request('devices/open', { path: image });
  for (const query of [
    'offset=-1&length=512',
    `offset=${4 * MIB}&length=1`,
    `offset=${4 * MIB - 511}&length=512`,
    'offset=0&length=0',
    `offset=0&length=${MIB + 1}`,
    'offset=9007199254740992&length=1',
    'offset=1e400&length=1',
    'offset=a&length=1',
    'offset=0.5&length=1',
    'offset=0',
    'offset=0&offset=1&length=1',
  ]) {
    const answer = await workbench.fetch(`/api/devices/${deviceId}/bytes?${query}`);
    expect(answer.status, query).toBe(400);
    expect(await answer.json()).toMatchObject({ code: -31001 });
  }
});

/** A connection that says what it likes; answers why it was closed. */
async function closeCodeAfter(...messages: (string | Buffer)[]): Promise<number> {
  const socket = new WebSocket(workbench.origin.replace('http', 'ws') + RPC_PATH, {
    origin: workbench.origin,
    headers: { cookie: workbench.cookie },
  });
  await new Promise((resolve) => socket.once('open', resolve));
  socket.on('error', () => undefined);
  for (const message of messages) socket.send(message);
  return new Promise((resolve) => socket.once('close', resolve));
}

const frame = (body: string): Buffer => Buffer.from(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);

test.each([
  ['a text message', ['hello'], CloseCode.UnsupportedData],
  ['a message over the limit', [Buffer.alloc(MIB + 2048)], CloseCode.TooLarge],
  ['a frame that announces more than the limit', [Buffer.from('Content-Length: 1048577\r\n\r\n')], CloseCode.TooLarge],
  ['a header without end', [Buffer.alloc(4096, 'a')], CloseCode.TooLarge],
  ['a header that is none', [Buffer.from('Content-Size: 5\r\n\r\nhello')], CloseCode.ProtocolError],
  ['a body that is no JSON', [frame('hello')], CloseCode.ProtocolError],
  ['a body that is no message', [frame('[1,2,3]')], CloseCode.ProtocolError],
])('%s ends its own connection, and nothing else', async (_name, messages, code) => {
  expect(await closeCodeAfter(...messages)).toBe(code);
  await workbench.request('devices/list', {});
});

test('a page that does not read is dropped', async () => {
  const socket = new WebSocket(workbench.origin.replace('http', 'ws') + RPC_PATH, {
    origin: workbench.origin,
    headers: { cookie: workbench.cookie },
  });
  await new Promise((resolve) => socket.once('open', resolve));
  socket.on('error', () => undefined);
  let ended = false;
  socket.once('close', () => (ended = true));
  socket.pause();
  const message = {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: `{"command":"x","args":"${'a'.repeat(60_000)}"}`,
  };
  for (let count = 0; !ended && count < 2000; count++) {
    await workbench.fetch('/api/run', message);
    // To who does not read, only what is written shows that the other end is gone.
    socket.send(frame('{"jsonrpc":"2.0","method":"none","params":{}}'), () => undefined);
  }
  expect(ended).toBe(true);
  await workbench.request('devices/list', {});
});

test('every answer carries the rules for browsers', async () => {
  for (const path of ['/', '/none', '/api/none', '/main.js']) {
    const { headers } = await workbench.fetch(path);
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('content-security-policy')).not.toMatch(/unsafe-eval|script-src[^;]*unsafe-inline/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
    expect(headers.get('access-control-allow-origin')).toBeNull();
  }
});

test('files are packed, and sent again only when they have changed', async () => {
  const ask = (headers: Record<string, string>): ReturnType<typeof rawHttp> =>
    rawHttp(workbench.port, { target: '/main.js', headers: { cookie: workbench.cookie, 'accept-encoding': 'gzip', ...headers } });
  const first = await ask({});
  expect(first.headers['content-encoding']).toBe('gzip');
  expect(first.headers['cache-control']).toBe('no-cache');
  expect((await ask({ 'if-none-match': first.headers.etag! })).status).toBe(304);
});
