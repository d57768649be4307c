/** Token and cookie stay where they belong, and what Diskwright keeps is its owner's alone. */
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bytesPath } from '../../core/src/common/workbench/endpoints';
import { makeLab } from '../support/lab';
import { openPage } from '../support/page';
import { rawHttp } from '../support/rawHttp';
import { waitFor } from '../support/waitFor';
import { type RunningWorkbench, sharedWorkbench } from '../support/workbench';

/** Everything in a folder, itself included; links are not followed. */
function* everythingIn(path: string): Generator<{ path: string; mode: number; isFolder: boolean; isFile: boolean }> {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (!found) return;
  yield { path, mode: found.mode & 0o777, isFolder: found.isDirectory(), isFile: found.isFile() };
  if (found.isDirectory()) for (const name of readdirSync(path)) yield* everythingIn(join(path, name));
}

/** What processes of this data folder show to others on the system: command lines; and to their own user: environments. */
function shownByProcesses(home: string): { commandLines: string[]; environments: string[] } {
  const read = (path: string): string => {
    try {
      return readFileSync(path, 'latin1');
    } catch {
      return '';
    }
  };
  const processes = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const all = processes.map((pid) => ({ line: read(`/proc/${pid}/cmdline`), environment: read(`/proc/${pid}/environ`) }));
  return {
    commandLines: all.map(({ line }) => line),
    environments: all.map(({ environment }) => environment).filter((environment) => environment.includes(home)),
  };
}

/** A day's work: devices, plan, simulation, job, report, export, search, settings, state, trouble of every kind. */
async function work(workbench: RunningWorkbench, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const { disk, bigger } = await makeLab(join(folder, 'lab'));
  const target = join(folder, 'target.img');
  await copyFile(bigger, target);
  const { deviceId } = await workbench.request('devices/open', { path: disk });
  await workbench.request('devices/layout', { deviceId });
  await workbench.request('structures/list', { deviceId, scope: null, from: 0 });
  await workbench.fetch(bytesPath(deviceId, 0, 512));
  const input = { source: disk, target };
  const clone = await workbench.request('commands/execute', { token: 'clone', command: 'disk-clone.cloneDisk', input });
  if (clone.kind !== 'plan') throw new Error('it is no plan');
  const digest = clone.plan;
  await workbench.request('plans/simulate', { digest });
  const { word } = await workbench.request('plans/safety', { digest });
  const { jobId: id } = await workbench.request('plans/apply', { digest, word });
  await waitFor(async () => (await workbench.request('jobs/show', { id })).state === 'done', 'the job is done');
  await workbench.request('exports/start', { deviceId, socketPath: null, writable: false });
  await workbench.request('settings/set', { key: 'workbench.theme', value: 'dark' });
  const { digest: keys } = await workbench.request('settings/read', { document: 'keybindings' });
  await workbench.request('settings/write', { document: 'keybindings', text: '[]', digest: keys });
  await workbench.request('state/write', { key: 'layout', value: { a: 1 } });
  await workbench.request('workbench/problem', { message: 'trouble in the page' });
  await workbench.request('plugins/restart', { id: 'fs-fat' });
}

/** Requests that fail, in whose answers nothing of the session may stand. */
async function failures(workbench: RunningWorkbench): Promise<string[]> {
  const { cookie, origin, port, token } = workbench;
  const answers = await Promise.all([
    rawHttp(port, { target: `/?token=${token}A` }),
    rawHttp(port, { target: `/none?token=${token}`, headers: { cookie } }),
    rawHttp(port, { target: `/api/none?token=${token}`, headers: { cookie } }),
    rawHttp(port, { target: '/', headers: { cookie: `${cookie}A` } }),
    rawHttp(port, { target: '/api/run', method: 'POST', headers: { authorization: `Bearer ${token}x`, origin } }),
    rawHttp(port, { target: '/api/devices/x/bytes', headers: { cookie } }),
    rawHttp(port, { target: `/?token=${token}`, headers: { host: 'evil.example' } }),
  ]);
  return answers.map((answer) => JSON.stringify(answer));
}

// The most careless that a user's shell can be: modes must be of Diskwright's own choice.
const umask = process.umask(0);
afterAll(() => void process.umask(umask));
const workbench = sharedWorkbench();
beforeAll(() => work(workbench, join(workbench.home, '..', 'work')));

test('token and cookie stand in no file, no log, no message, no command line, and not in the page', async () => {
  const secrets = [workbench.token, workbench.cookie.split('=')[1]!];
  const withoutSecrets = (text: string, what: string): void => {
    for (const secret of secrets) expect(text.includes(secret), what).toBe(false);
  };
  const { page } = await openPage(workbench.url);
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url(), request.headers()['referer'] ?? ''));
  await page.reload();
  await page.getByRole('tree', { name: 'Devices' }).waitFor();

  expect(page.url()).toBe(`${workbench.origin}/`);
  const kept = await page.evaluate(() =>
    JSON.stringify([
      document.cookie,
      document.referrer,
      { ...localStorage },
      { ...sessionStorage },
      performance.getEntries().map(({ name }) => name),
      document.documentElement.outerHTML,
    ]),
  );
  withoutSecrets(kept, 'the page');
  withoutSecrets(asked.join('\n'), 'what the page asked for');
  withoutSecrets((await failures(workbench)).join('\n'), 'answers to what failed');
  const { commandLines, environments } = shownByProcesses(workbench.home);
  withoutSecrets(commandLines.join('\n'), 'command lines');
  expect(environments.length).toBeGreaterThanOrEqual(2);
  withoutSecrets(environments.join('\n'), 'environments');
  for (const { path, isFile } of everythingIn(workbench.home))
    if (isFile && lstatSync(path).size < 2 ** 20) withoutSecrets(readFileSync(path, 'latin1'), path);
  withoutSecrets(workbench.messages(), 'standard error');
});

test('everything that is kept is for its owner alone, whatever the umask says', () => {
  const open = [...everythingIn(workbench.home)]
    .filter(({ mode, isFolder }) => (mode & 0o077) !== 0 || mode !== (isFolder ? 0o700 : mode & 0o700))
    .map(({ path, mode }) => `${mode.toString(8)} ${path.slice(workbench.home.length) || '/'}`);
  expect(open).toEqual([]);
});
