/** Names, origins and cookies by which a stranger's page or program could pass for the workbench's own. */
import { expect, test } from 'vitest';
import { bytesPath, LOGOUT_PATH, RPC_PATH } from '../../core/src/common/workbench/endpoints';
import { rawHttp } from '../support/rawHttp';
import { sharedWorkbench } from '../support/workbench';
import { head, rawText } from './support/rawText';

const workbench = sharedWorkbench();
const json = { 'content-type': 'application/json' };
const refused = (status: number): boolean => status === 400 || status === 403;

test.each([
  'localhost.evil.example',
  '127.0.0.1.nip.io',
  '127.0.0.1.',
  'localhost.',
  'LOCALHOST.evil.example',
  '127.1',
  '127.0.0.2',
  '2130706433',
  '0x7f.0.0.1',
  '0177.0.0.1',
  '[::ffff:127.0.0.1]',
  '[0:0:0:0:0:0:0:1]',
  '[::]',
  '::1',
  'evil.example@127.0.0.1',
  '127.0.0.1@evil.example',
  '127.0.0.1#',
  '',
])('the name "%s" is not its own, even with the right port and cookie', async (name) => {
  const host = `${name}:${workbench.port}`;
  for (const target of ['/', bytesPath('device-1', 0, 512), RPC_PATH]) {
    const { status } = await rawHttp(workbench.port, { target, headers: { host, cookie: workbench.cookie } });
    expect(refused(status), `${target}: ${status}`).toBe(true);
  }
});

test('a name is no better for a proxy that vouches for it', async () => {
  const own = `127.0.0.1:${workbench.port}`;
  const headers = { host: 'evil.example', 'x-forwarded-host': own, forwarded: `host=${own}`, cookie: workbench.cookie };
  expect((await rawHttp(workbench.port, { target: '/', headers })).status).toBe(403);
});

test.each([
  ['no name in HTTP/1.1', ['GET / HTTP/1.1']],
  ['no name in HTTP/1.0', ['GET / HTTP/1.0']],
  ['a foreign name in the address', ['GET http://evil.example/ HTTP/1.1', 'Host: evil.example']],
  ['two names, the first foreign', ['GET / HTTP/1.1', 'Host: evil.example', 'Host: OWN']],
  ['two foreign names', ['GET / HTTP/1.1', 'Host: evil.example', 'Host: evil.example']],
])('%s: refused', async (_name, lines) => {
  const own = lines.map((line) => line.replace('OWN', `127.0.0.1:${workbench.port}`));
  const { statuses } = await rawText(workbench.port, head(...own, `Cookie: ${workbench.cookie}`, 'Connection: close'));
  expect(statuses).toHaveLength(1);
  expect(refused(statuses[0]!), String(statuses)).toBe(true);
});

test('an address with a name in it is held against the rules of the path that it leads to', async () => {
  const host = `127.0.0.1:${workbench.port}`;
  const target = `http://${host}${bytesPath('device-1', 0, 512)}`;
  const headers = { cookie: workbench.cookie, 'sec-fetch-site': 'same-site' };
  expect((await rawHttp(workbench.port, { target, headers })).status).toBe(403);
});

test.each(['/%61pi/devices/device-1/bytes?offset=0&length=512', '/main.js', '/api%2Fdevices/device-1/bytes', '/none'])(
  'a page of another port cannot have %s shown as its own picture or script',
  async (target) => {
    for (const site of ['same-site', 'cross-site']) {
      const headers = { cookie: workbench.cookie, 'sec-fetch-site': site, 'sec-fetch-mode': 'no-cors' };
      expect((await rawHttp(workbench.port, { target, headers })).status, site).toBe(403);
    }
  },
);

test.each([
  ['a cookie of another port', () => workbench.cookie.replace(`-${workbench.port}=`, `-${workbench.port + 1}=`)],
  ['a cookie with something behind it', () => `${workbench.cookie}A`],
  ['a cookie cut short', () => workbench.cookie.slice(0, -1)],
  ['an empty cookie', () => workbench.cookie.replace(/=.*/, '=')],
  ['the cookie under a name like it', () => workbench.cookie.toUpperCase()],
  ['a prototype for a cookie', () => '__proto__=x; constructor=y'],
])('%s opens nothing', async (_name, cookie) => {
  for (const target of ['/', '/main.js', bytesPath('device-1', 0, 512)])
    expect((await rawHttp(workbench.port, { target, headers: { cookie: cookie() } })).status).toBe(401);
});

test.each([
  ['two origins', ['Origin: OWN', 'Origin: http://evil.example']],
  ['two origins in one', ['Origin: OWN http://evil.example']],
  ['an origin with a path', ['Origin: OWN/']],
  ['an origin in capitals', ['Origin: HTTP://EVIL.EXAMPLE']],
  ['a referrer for an origin', ['Referer: OWN/']],
])('%s: nothing is run', async (_name, lines) => {
  const body = '{"command":"stranger.command"}';
  const own = lines.map((line) => line.replace('OWN', workbench.origin));
  const { statuses } = await rawText(
    workbench.port,
    head(
      'POST /api/run HTTP/1.1',
      `Host: 127.0.0.1:${workbench.port}`,
      ...own,
      `Cookie: ${workbench.cookie}`,
      'Content-Type: application/json',
      `Content-Length: ${body.length}`,
      'Connection: close',
    ) + body,
  );
  expect(refused(statuses[0]!), String(statuses)).toBe(true);
});

test('the token is no bearer but for what a program may ask', async () => {
  const headers = { authorization: `Bearer ${workbench.token}`, origin: workbench.origin };
  for (const target of ['/', '/main.js', bytesPath('device-1', 0, 512)])
    expect((await rawHttp(workbench.port, { target, headers })).status).toBe(401);
});

test.each(['GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'PROPFIND'])(
  '%s neither runs a command nor logs out',
  async (method) => {
    for (const target of ['/api/run', LOGOUT_PATH, '/api/run?_method=POST']) {
      const headers = { ...json, origin: workbench.origin, cookie: workbench.cookie, 'x-http-method-override': 'POST' };
      const { status, body } = await rawHttp(workbench.port, { method, target, headers });
      expect([400, 404, 405, 501], `${target}: ${status}`).toContain(status);
      expect(body).not.toContain(workbench.cookie.split('=')[1]);
    }
    expect((await workbench.fetch('/')).status).toBe(200);
  },
);
