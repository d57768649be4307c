/** Who is not signed in, or comes from another site, is refused everywhere, and nothing happens. */
import { afterEach, beforeAll, expect, test } from 'vitest';
import { bytesPath, LOGOUT_PATH, RPC_PATH } from '../../core/src/common/workbench/endpoints';
import { type RawRequest, rawHttp } from '../support/rawHttp';
import { waitFor } from '../support/waitFor';
import { sharedWorkbench } from '../support/workbench';

const workbench = sharedWorkbench();
const upgrade = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
};
const json = { 'content-type': 'application/json' };

/** What a stranger would like to reach. */
const wishes: [string, RawRequest][] = [
  ['the page', { target: '/' }],
  ['its program', { target: '/main.js' }],
  ['bytes of a device', { target: bytesPath('device-1', 0, 512) }],
  ['a command', { method: 'POST', target: '/api/run', headers: json, body: '{"command":"stranger.command"}' }],
  ['the log out', { method: 'POST', target: LOGOUT_PATH }],
  ['the protocol', { target: RPC_PATH, headers: upgrade }],
];

/** What pages were asked to run. */
const ran: string[] = [];
beforeAll(async () => {
  await workbench.connect({ 'workbench/run': ({ command }) => void ran.push(command) });
});

/** Commands arrive in order: nothing came before this one, and the session is as good as before. */
afterEach(async () => {
  ran.length = 0;
  const marker = await workbench.fetch('/api/run', { method: 'POST', headers: json, body: '{"command":"test.marker"}' });
  expect(marker.status).toBe(204);
  await waitFor(() => ran.length > 0, 'the command arrives');
  expect(ran).toEqual(['test.marker']);
});

function ask(wish: RawRequest, headers: Record<string, string>): ReturnType<typeof rawHttp> {
  return rawHttp(workbench.port, { ...wish, headers: { ...wish.headers, ...headers } });
}

test.each(wishes)('without a cookie there is no %s', async (_name, wish) => {
  const { status, headers } = await ask(wish, { origin: workbench.origin });
  expect(status).toBe(401);
  expect(headers['set-cookie']).toBeUndefined();
});

test.each(wishes)('with a wrong cookie there is no %s', async (_name, wish) => {
  const cookie = workbench.cookie.replace(/=.*/, `=${workbench.token}`);
  expect((await ask(wish, { origin: workbench.origin, cookie })).status).toBe(401);
});

test.each(wishes)('with a wrong token there is no %s', async (_name, wish) => {
  const authorization = `Bearer ${'A'.repeat(workbench.token.length)}`;
  expect((await ask(wish, { origin: workbench.origin, authorization })).status).toBe(401);
});

test.each(wishes)('a page of another origin gets no %s', async (_name, wish) => {
  for (const origin of [
    'http://evil.example',
    'null',
    `http://127.0.0.1:${workbench.port + 1}`,
    `https://127.0.0.1:${workbench.port}`,
  ]) {
    expect((await ask(wish, { origin, cookie: workbench.cookie })).status).toBe(403);
  }
});

test.each(wishes)('under a name that was bound to this address there is no %s', async (_name, wish) => {
  for (const host of [
    `evil.example:${workbench.port}`,
    '127.0.0.1',
    `127.0.0.1.evil.example:${workbench.port}`,
    `0.0.0.0:${workbench.port}`,
  ]) {
    expect((await ask(wish, { host, origin: `http://${host}`, cookie: workbench.cookie })).status).toBe(403);
  }
});

test.each(wishes.filter(([, { method, headers }]) => method === 'POST' || headers?.upgrade))(
  'what names no origin gets no %s',
  async (_name, wish) => {
    expect((await ask(wish, { cookie: workbench.cookie })).status).toBe(403);
  },
);

test.each(wishes.filter(([, { target }]) => target.startsWith('/api/')))(
  'another site that shows a picture of it gets no %s',
  async (_name, wish) => {
    const headers = { cookie: workbench.cookie, origin: workbench.origin, 'sec-fetch-site': 'same-site' };
    expect((await ask(wish, headers)).status).toBe(403);
  },
);

test.each([
  ['a wrong token', () => '/?token=AAAA'],
  ['an empty token', () => '/?token='],
  ['two tokens', () => `/?token=${workbench.token}&token=${workbench.token}`],
  ['a token with something behind it', () => `/?token=${workbench.token}A`],
  ['a wrong code', () => '/?code=AAAA'],
  ['the token as a code', () => `/?code=${workbench.token}`],
])('%s opens nothing', async (_name, target) => {
  const { status, headers, body } = await rawHttp(workbench.port, { target: target() });
  expect(status).toBe(401);
  expect(headers['set-cookie']).toBeUndefined();
  expect(body).toContain('not signed in');
});

test('the token opens as often as it is given, and leaves the address', async () => {
  for (let count = 0; count < 2; count++) {
    const { status, headers } = await rawHttp(workbench.port, { target: `/?token=${workbench.token}` });
    expect(status).toBe(303);
    expect(headers.location).toBe('/');
    expect(headers['set-cookie']).toBe(`${workbench.cookie}; Path=/; HttpOnly; SameSite=Strict`);
  }
});

test('a link in a page of another site goes on from a page of our own', async () => {
  const followed = { target: `/?token=${workbench.token}`, headers: { 'sec-fetch-site': 'cross-site' } };
  const { status, headers, body } = await rawHttp(workbench.port, followed);
  expect(status).toBe(200);
  expect(headers['set-cookie']).toContain(workbench.cookie);
  expect(body).toContain('content="0;url=/"');
});

test.each([
  ['127.0.0.1', () => workbench.port],
  ['localhost', () => workbench.port],
  ['[::1]', () => workbench.port],
])('%s is its own name', async (name, port) => {
  expect(
    (await rawHttp(workbench.port, { target: '/', headers: { host: `${name}:${port()}`, cookie: workbench.cookie } })).status,
  ).toBe(200);
});
