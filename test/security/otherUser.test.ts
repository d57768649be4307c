/** A cookie that came into the hands of another user of the machine: a browser sends it to that user's server, since cookies do not know ports. */
import { spawn } from 'node:child_process';
import { beforeAll, expect, test } from 'vitest';
import { bytesPath, LOGOUT_PATH, RPC_PATH } from '../../core/src/common/workbench/endpoints';
import { findTool, requireRoot, requireTool } from '../support/tools';
import { waitFor } from '../support/waitFor';
import { sharedWorkbench } from '../support/workbench';

const NOBODY = 65534;
const RUN_BODY = '{"command":"stranger.command"}';
const workbench = sharedWorkbench();
const json = { 'content-type': 'application/json' };

/** What pages were asked to run. */
const ran: string[] = [];
requireRoot();
requireTool('curl', 'setpriv', 'bash');
beforeAll(async () => {
  await workbench.connect({ 'workbench/run': ({ command }) => void ran.push(command) });
});

/** What a program of user `nobody` writes. */
async function asNobody(program: string, ...programArguments: string[]): Promise<string> {
  const child = spawn(
    findTool('setpriv')!,
    [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups', findTool(program)!, ...programArguments],
    { stdio: ['ignore', 'pipe', 'ignore'], cwd: '/' },
  );
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  await new Promise((resolve) => child.once('close', resolve));
  return text;
}

/** The whole answer, with its head. */
function curlAsNobody(path: string, cookie: string, ...more: string[]): Promise<string> {
  const headers = [`Cookie: ${cookie}`, `Origin: ${workbench.origin}`].flatMap((header) => ['--header', header]);
  return asNobody('curl', '--silent', '--include', '--max-time', '10', ...headers, ...more, workbench.origin + path);
}

const upgrade = [
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
];
const post = ['--request', 'POST', '--header', 'Content-Type: application/json', '--data', RUN_BODY];

test.each<[string, string, string[]]>([
  ['bytes of a device', bytesPath('device-1', 0, 512), []],
  ['the protocol', RPC_PATH, upgrade.flatMap((header) => ['--header', header])],
  ['a command', '/api/run', post],
  ['the log out', LOGOUT_PATH, ['--request', 'POST']],
])('with a stolen cookie there is no %s', async (_name, path, more) => {
  const answer = await curlAsNobody(path, workbench.cookie, ...more);
  expect(answer).toMatch(/^HTTP\/1\.1 401 /);
  expect(answer).toContain('not signed in as this user of the machine');
  // The user whose it is goes on.
  expect((await workbench.fetch('/')).status).toBe(200);
});

test('the page itself is the one that says how to sign in', async () => {
  const answer = await curlAsNobody('/', workbench.cookie);
  expect(answer).toMatch(/^HTTP\/1\.1 401 /);
  expect(answer).toContain('This window is not signed in');
});

test('a user who was given the address has a cookie that is that user’s alone', async () => {
  const entered = await asNobody('curl', '--silent', '--include', workbench.url);
  expect(entered).toMatch(/^HTTP\/1\.1 303 /);
  const cookie = /^set-cookie: ([^;]+)/im.exec(entered)![1]!;
  expect(cookie).not.toBe(workbench.cookie);
  expect(await curlAsNobody('/', cookie)).toMatch(/^HTTP\/1\.1 200 /);
  expect((await workbench.fetch('/', { headers: { cookie } })).status).toBe(401);
});

test('who sends a stolen cookie and hangs up before it could be asked for its owner gets nothing done', async () => {
  const request = [
    'POST /api/run HTTP/1.1',
    `Host: 127.0.0.1:${workbench.port}`,
    `Origin: ${workbench.origin}`,
    `Cookie: ${workbench.cookie}`,
    'Content-Type: application/json',
    `Content-Length: ${RUN_BODY.length}`,
    '',
    RUN_BODY,
  ].join('\r\n');
  // The kernel lists a socket that nobody holds any more as root's.
  const script = `for ((i = 0; i < 50; i++)); do exec 3<>/dev/tcp/127.0.0.1/${workbench.port}; printf '%s' "$1" >&3; exec 3>&-; done`;
  await asNobody('bash', '-c', script, 'bash', request);
  const marker = await workbench.fetch('/api/run', { method: 'POST', headers: json, body: '{"command":"test.marker"}' });
  expect(marker.status).toBe(204);
  await waitFor(() => ran.includes('test.marker'), 'the command arrives');
  expect(ran).toEqual(['test.marker']);
});
