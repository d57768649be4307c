/** Where the pages of views are: what is got there, and what is not. */
import { expect, test } from 'vitest';
import { cli } from '../support/cli';
import { rawHttp } from '../support/rawHttp';
import { scratchFolder } from '../support/scratch';
import { viewPackage } from '../support/viewPackages';
import { startWorkbench } from '../support/workbench';

async function openView() {
  const workbench = await startWorkbench();
  const scratch = await scratchFolder();
  const archive = await viewPackage(scratch, {
    name: 'shown',
    title: 'Shown',
    page: 'document.body.append("shown")',
    requests: 'twice: (value) => value * 2, large: () => "x".repeat(300000), fail: () => { throw new Error("no way"); }',
  });
  expect((await cli(['plugin', 'install', archive], { home: workbench.home })).stderr).toBe('');
  await expect
    .poll(async () => (await workbench.request('views/list', {})).views.map(({ contribution }) => contribution.id))
    .toContain('shown.view');
  const { viewId, address } = await workbench.request('views/open', { view: 'shown.view', subject: null });
  const { host } = new URL(address);
  const get = (target: string, headers: Record<string, string> = {}, method = 'GET') =>
    rawHttp(workbench.port, { target, method, headers: { host, ...headers } });
  return { workbench, viewId, host, get };
}

test('a page gets its own files, under a policy that lets it reach nothing else', async () => {
  const { workbench, host, get } = await openView();
  const page = await get('/index.html', { 'sec-fetch-dest': 'iframe' });
  expect(page.status).toBe(200);
  const policy = page.headers['content-security-policy']!;
  for (const part of [
    "default-src 'none'",
    "connect-src 'none'",
    "form-action 'none'",
    'sandbox allow-scripts',
    `script-src http://${host};`,
  ])
    expect(policy).toContain(part);
  expect(policy).not.toMatch(/unsafe|allow-same-origin/);
  expect(policy).toContain(`frame-ancestors http://127.0.0.1:${workbench.port} http://localhost:${workbench.port}`);
  expect(page.headers['connection-allowlist']).toBe('(response-origin)');
  expect(page.headers['set-cookie']).toBeUndefined();
  expect((await get('/index.js')).body).toMatch(/^for\(const n of \['RTCPeerConnection'/);
});

test('the host of a view has nothing but these files, whoever asks', async () => {
  const { workbench, get } = await openView();
  const targets = ['/', '/package.json', '/main.cjs', '/../main.cjs', '/%2e%2e/main.cjs', '//etc/passwd', '/icon.svg'];
  targets.push('/api/rpc', '/api/devices/1/bytes?offset=0&length=512');
  for (const target of targets) expect((await get(target, { cookie: workbench.cookie })).status, target).toBe(404);
});

test('nothing is taken there, no page stands in a tab, and no other host is known', async () => {
  const { workbench, get } = await openView();
  expect((await get('/index.js', { origin: workbench.origin }, 'POST')).status).toBe(405);
  expect((await get('/index.html', { 'sec-fetch-dest': 'document' })).status).toBe(403);
  const upgrade = { upgrade: 'websocket', connection: 'Upgrade', cookie: workbench.cookie, origin: workbench.origin };
  expect((await get('/api/rpc', upgrade)).status).toBe(400);
  const guessed = `view-${'0'.repeat(40)}.localhost:${workbench.port}`;
  expect((await get('/index.html', { host: guessed })).status).toBe(404);
  expect((await get('/index.html', { host: `other.localhost:${workbench.port}`, cookie: workbench.cookie })).status).toBe(403);
});

test('a view that is closed is nowhere any more', async () => {
  const { workbench, viewId, get } = await openView();
  await workbench.request('views/close', { viewId });
  expect((await get('/index.html')).status).toBe(404);
  await expect(workbench.request('views/request', { viewId, method: 'twice', params: 2 })).rejects.toThrow('closed');
});

test('requests reach the plugin, and what it says of them comes back', async () => {
  const { workbench, viewId } = await openView();
  const ask = (method: string, params: unknown = null) => workbench.request('views/request', { viewId, method, params });
  expect(await ask('twice', 21)).toEqual({ result: 42 });
  await expect(ask('fail')).rejects.toThrow('no way');
  await expect(ask('unknown')).rejects.toThrow('answers no request "unknown"');
  await expect(ask('large')).rejects.toThrow('too large for a view');
});

test('a view of another window is none of this one', async () => {
  const { workbench, viewId } = await openView();
  const other = await workbench.connect();
  await expect(other.request('views/request', { viewId, method: 'twice', params: 1 })).rejects.toThrow('closed');
});
