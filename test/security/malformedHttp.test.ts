/** What is no proper HTTP is refused, and nothing that hides in it is taken for a request. */
import { connect, type Socket } from 'node:net';
import { beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { sharedWorkbench } from '../support/workbench';
import { head, rawText } from './support/rawText';

const workbench = sharedWorkbench();
const ran: string[] = [];
beforeAll(async () => {
  await workbench.connect({ 'workbench/run': ({ command }) => void ran.push(command) });
});
beforeEach(() => void ran.splice(0));

const signedIn = (): string[] => [
  `Host: 127.0.0.1:${workbench.port}`,
  `Origin: ${workbench.origin}`,
  `Cookie: ${workbench.cookie}`,
];
const body = '{"command":"smuggled.command"}';
/** A whole request, as it could hide in the body of another. */
const hidden = (): string =>
  head('POST /api/run HTTP/1.1', ...signedIn(), 'Content-Type: application/json', `Content-Length: ${body.length}`) + body;

test.each([
  ['two lengths', ['Content-Length: 0', 'Content-Length: 30']],
  ['a list of lengths', ['Content-Length: 0, 30']],
  ['a signed length', ['Content-Length: +30']],
  ['a length and chunks', ['Content-Length: 0', 'Transfer-Encoding: chunked']],
  ['chunks under another name', ['Transfer-Encoding: xchunked']],
  ['chunks and something else', ['Transfer-Encoding: chunked, identity']],
  ['a blank before the colon', ['Content-Length : 30']],
  ['a folded header', ['X-Folded: a\r\n b: c', 'Content-Length: 0']],
  ['a control character in a header', ['X-Header: a\x00b', 'Content-Length: 0']],
])('%s: refused, and the connection with it', async (_name, lines) => {
  const request = head('POST /api/run HTTP/1.1', ...signedIn(), 'Content-Type: application/json', ...lines) + hidden();
  const { statuses } = await rawText(workbench.port, request);
  expect(statuses).toEqual([400]);
  expect(ran).toEqual([]);
});

test.each([
  ['an address of 100 KB', () => head(`GET /${'a'.repeat(100_000)} HTTP/1.1`, ...signedIn(), 'Connection: close')],
  ['a header of 100 KB', () => head('GET / HTTP/1.1', ...signedIn(), `X-Long: ${'a'.repeat(100_000)}`, 'Connection: close')],
  [
    'ten thousand headers',
    () => head('GET / HTTP/1.1', ...signedIn(), ...Array.from({ length: 10_000 }, (_, at) => `X-${at}: 1`), 'Connection: close'),
  ],
  [
    'a parameter of 10 KB',
    () => head(`GET /api/devices/${'a'.repeat(10_000)}/bytes HTTP/1.1`, ...signedIn(), 'Connection: close'),
  ],
])('%s is refused', async (_name, request) => {
  const { statuses } = await rawText(workbench.port, request());
  expect(statuses).toHaveLength(1);
  expect([400, 404, 414, 431]).toContain(statuses[0]);
});

test.each([
  ['no HTTP at all', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
  ['a version that is none', 'GET / HTTP/9.9\r\n\r\n'],
  ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ['a tunnel', 'CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n'],
])('%s is hung up on', async (_name, text) => {
  const { statuses } = await rawText(workbench.port, text);
  expect(statuses.filter((status) => status < 400)).toEqual([]);
});

test('hundreds of requests that never end keep nobody waiting, and end with the server', async () => {
  const sockets: Socket[] = [];
  onTestFinished(() => sockets.forEach((socket) => socket.destroy()));
  await Promise.all(
    Array.from({ length: 300 }, async (_, at) => {
      const socket = connect({ host: '127.0.0.1', port: workbench.port });
      sockets.push(socket);
      socket.on('error', () => undefined);
      await new Promise((resolve) => socket.once('connect', resolve));
      socket.write(
        at % 2 ? 'GET / HTT' : `POST /api/run HTTP/1.1\r\nHost: 127.0.0.1:${workbench.port}\r\nContent-Length: 64\r\n`,
      );
    }),
  );
  const started = performance.now();
  expect((await workbench.fetch('/')).status).toBe(200);
  await workbench.request('devices/list', {});
  expect(performance.now() - started).toBeLessThan(5000);
});

test('bodies that are promised and never sent are not waited for by who is not signed in', async () => {
  const { statuses } = await rawText(
    workbench.port,
    head('POST /api/run HTTP/1.1', `Host: 127.0.0.1:${workbench.port}`, 'Content-Length: 60000', 'Connection: close'),
  );
  expect(statuses).toEqual([403]);
});
