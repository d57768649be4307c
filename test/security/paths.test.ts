/** Paths, names and texts by which a page could make the host read or write what it must not. */
import { mkdir, readdir, readFile, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import type { WorkbenchRequestMethod } from '../../core/src/common/workbench';
import { scratchFolder } from '../support/scratch';
import { must } from '../support/tool';
import { waitFor } from '../support/waitFor';
import { type RunningWorkbench, sharedWorkbench, startWorkbench } from '../support/workbench';

const MIB = 2 ** 20;
const workbench = sharedWorkbench();

/** Asks with parameters that need not be of the method's type. */
const ask = (method: WorkbenchRequestMethod, params: object, asked: RunningWorkbench = workbench): Promise<unknown> =>
  asked.request(method, params as never);

async function image(folder: string, name = 'disk.img', bytes = MIB): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, '');
  await truncate(path, bytes);
  return path;
}

/** Named pipe, folder, socket, devices, files of the kernel: nothing that is a plan, a report's place, or a disk. */
async function oddPaths(folder: string): Promise<Record<string, string>> {
  const pipe = join(folder, 'pipe');
  await must('mkfifo', pipe);
  const socket = join(folder, 'socket');
  const server = createServer().listen(socket);
  onTestFinished(() => void server.close());
  const loop = join(folder, 'loop');
  await symlink(loop, loop);
  return {
    pipe,
    socket,
    loop,
    folder,
    missing: join(folder, 'missing'),
    'device of zeros': '/dev/zero',
    terminal: '/dev/tty',
    shadow: '/etc/shadow',
    memory: '/proc/self/mem',
    kernel: '/proc/kmsg',
    'a name with a zero in it': `${folder}/a\0b`,
    'an empty name': '',
    'a name of 60 KB': `/${'a/'.repeat(30_000)}`,
    'a name of 5 KB': `/${'a'.repeat(5000)}`,
    'a web address': 'http://127.0.0.1:1/',
    'a host elsewhere': 'nbd://[::1/',
  };
}

let secret = '';
beforeAll(async () => {
  secret = (await readFile('/etc/shadow', 'utf8').catch(() => '')).split('\n')[0]!;
});

test.each<[WorkbenchRequestMethod, (path: string) => object]>([
  ['plans/import', (path) => ({ path })],
  ['devices/open', (path) => ({ path })],
  ['files/list', (path) => ({ folder: path })],
])('%s of what is none is refused in time, and its content is not told', async (method, params) => {
  const folder = await scratchFolder();
  for (const [name, path] of Object.entries(await oddPaths(folder))) {
    if (method === 'files/list' && (name === 'folder' || name === 'an empty name')) continue;
    // Who may read it may look at it: it is a file.
    if (method === 'devices/open' && name === 'shadow' && process.getuid?.() === 0) continue;
    const failed = await ask(method, params(path)).then(
      (answer) => `answered: ${JSON.stringify(answer).slice(0, 200)}`,
      (error: Error & { code?: string }) => error,
    );
    expect(failed, name).toBeInstanceOf(Error);
    const { message, code } = failed as Error & { code?: string };
    expect(['InvalidInput', 'Refused', 'Failed', 'NotSupported', 'DeviceGone', 'MediaError'], `${name}: ${message}`).toContain(
      code,
    );
    expect(message, name).not.toMatch(/TypeError|ENOENT:|ERR_|\n\s+at /);
    if (secret !== '') expect(message).not.toContain(secret.slice(0, 12));
  }
});

test('names of any kind are listed as they are, or as far as they are text', async () => {
  const folder = await scratchFolder();
  const names = [
    '<img src=x onerror=alert(1)>.img',
    'photo\u202egpj.exe',
    'two\nlines',
    '\x1b[31mred',
    '..hidden',
    ' ',
    'ä'.repeat(127),
  ];
  await Promise.all(names.map((name) => writeFile(join(folder, name), '')));
  await writeFile(Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0xff, 0xfe, 0x41])]), '');
  const { entries } = await workbench.request('files/list', { folder });
  expect(entries).toHaveLength(names.length + 1);
  expect(entries.map(({ name }) => name)).toEqual(expect.arrayContaining(names));
});

test.each([
  '../x',
  '..',
  '.',
  '/etc/passwd',
  'a/b',
  'a\\b',
  'a%2fb',
  'A',
  '',
  '__proto__',
  'a'.repeat(65),
  'a\0',
  'a.json',
  'a\n',
])('the state "%s" is neither read nor written', async (key) => {
  await expect(ask('state/read', { key })).rejects.toMatchObject({ code: 'InvalidInput' });
  await expect(ask('state/write', { key, value: 1 })).rejects.toMatchObject({ code: 'InvalidInput' });
});

test('names of prototypes are names of states as any other', async () => {
  expect(await workbench.request('state/read', { key: 'constructor' })).toEqual({ value: null });
  await workbench.request('state/write', { key: 'constructor', value: { polluted: true } });
  expect(await workbench.request('state/read', { key: 'constructor' })).toEqual({ value: { polluted: true } });
  expect(await workbench.request('state/read', { key: 'hasOwnProperty' })).toEqual({ value: null });
});

test.each([
  ['settings', '['],
  ['settings', '{"plugins.disabled":'],
  ['keybindings', '['],
] as const)('%s of 512 KiB of nested "%s" harm neither this host nor the next', async (document, piece) => {
  const own = await startWorkbench();
  const { digest } = await own.request('settings/read', { document });
  const text = piece.repeat(Math.floor((512 * 1024 - 2) / piece.length));
  await own.request('settings/write', { document, text, digest });
  expect((await own.request('settings/read', { document })).text).toBe(text);
  const { values, problems } = await own.request('settings/values', {});
  expect(values['workbench.theme']).toBeDefined();
  if (document === 'settings') expect(problems.length).toBeGreaterThan(0);
  await ask('settings/set', { key: 'workbench.theme', value: 'dark' }, own).catch((error: { code: string }) =>
    expect(error.code).toBe('InvalidInput'),
  );
  await own.dispose();
  const next = await startWorkbench({ home: own.home });
  expect((await next.request('settings/values', {})).values['workbench.theme']).toBeDefined();
});

test('settings that are too long, or for no document, are refused', async () => {
  const { digest } = await workbench.request('settings/read', { document: 'settings' });
  await expect(ask('settings/write', { document: 'settings', text: 'ä'.repeat(400_000), digest })).rejects.toMatchObject({
    code: 'InvalidInput',
  });
  for (const document of ['../settings', 'constructor', '__proto__', '', null])
    await expect(ask('settings/read', { document })).rejects.toMatchObject({ code: 'InvalidInput' });
  for (const log of ['../settings', 'host/../../settings', 'constructor'])
    await expect(ask('logs/read', { log })).rejects.toMatchObject({ code: 'InvalidInput' });
});

test.each(['../../etc', '..', '.', 'a/../../b', '', '\0'])('the overlay "%s" is not removed', async (name) => {
  await expect(ask('overlays/remove', { name })).rejects.toMatchObject({
    code: expect.stringMatching(/InvalidInput|Refused/) as string,
  });
});

test.each(['../../etc', 'job-none', '..', '__proto__', '\0'])('there is no job "%s"', async (id) => {
  for (const method of ['jobs/show', 'jobs/cancel'] as const)
    await expect(ask(method, { id }), method).rejects.toMatchObject({ code: 'InvalidInput' });
  await expect(ask('jobs/report', { id, path: join(await scratchFolder(), 'report') })).rejects.toMatchObject({
    code: 'InvalidInput',
  });
});

test.each(['../../../etc', 'a'.repeat(63), 'A'.repeat(64)])('there is no plan "%s"', async (digest) => {
  const folder = await scratchFolder();
  for (const method of ['plans/read', 'plans/remove', 'plans/simulate'] as const)
    await expect(ask(method, { digest }), method).rejects.toMatchObject({ code: 'InvalidInput' });
  await expect(ask('plans/save', { digest, path: join(folder, 'plan') })).rejects.toMatchObject({ code: 'InvalidInput' });
  expect(await readdir(folder)).toEqual([]);
});

/** A plan that edits a byte of an image. */
async function editPlan(folder: string): Promise<{ digest: string; path: string }> {
  const path = await image(folder);
  const input = { device: path, edits: [{ offset: 4096, bytes: '55' }] };
  const result = await workbench.request('commands/execute', { token: 'edit', command: 'sector-edit.write', input });
  if (result.kind !== 'plan') throw new Error('it is no plan');
  return { digest: result.plan, path };
}

test('a plan is saved over nothing, and through no link', async () => {
  const folder = await scratchFolder();
  const { digest } = await editPlan(folder);
  const victim = join(folder, 'victim');
  await writeFile(victim, 'precious');
  await symlink(victim, join(folder, 'link'));
  await symlink(join(folder, 'nowhere'), join(folder, 'dangling'));
  await mkdir(join(folder, 'plan.json.blobs'));
  for (const name of ['victim', 'link', 'dangling', 'plan.json', '.'])
    await expect(ask('plans/save', { digest, path: join(folder, name) }), name).rejects.toMatchObject({
      code: expect.stringMatching(/InvalidInput|Failed/) as string,
    });
  for (const path of ['/etc/passwd', '/proc/self/x', '/dev/null', '/none/plan', `${folder}/a\0b`])
    await expect(ask('plans/save', { digest, path }), path).rejects.toMatchObject({
      code: expect.stringMatching(/InvalidInput|Failed/) as string,
    });
  expect(await readFile(victim, 'utf8')).toBe('precious');
  expect((await readdir(folder)).sort()).toEqual(['dangling', 'disk.img', 'link', 'plan.json.blobs', 'victim']);
});

test('a report is written over nothing, and through no link', async () => {
  const folder = await scratchFolder();
  const { digest } = await editPlan(folder);
  const { word } = await workbench.request('plans/safety', { digest });
  const { jobId: id } = await workbench.request('plans/apply', { digest, word });
  await waitFor(async () => (await workbench.request('jobs/show', { id })).state === 'done', 'the job is done');
  const victim = join(folder, 'victim');
  await writeFile(victim, 'precious');
  await symlink(victim, join(folder, 'link'));
  await symlink(join(folder, 'nowhere'), join(folder, 'dangling'));
  for (const path of [
    victim,
    join(folder, 'link'),
    join(folder, 'dangling'),
    folder,
    '/dev/null',
    '/proc/self/x',
    `${folder}/a\0b`,
  ])
    await expect(ask('jobs/report', { id, path }), path).rejects.toMatchObject({
      code: expect.stringMatching(/InvalidInput|Failed/) as string,
    });
  expect(await readFile(victim, 'utf8')).toBe('precious');
  expect((await readdir(folder)).sort()).toEqual(['dangling', 'disk.img', 'link', 'victim']);
});

test('a device is exported over nothing but a socket that is dead', async () => {
  const folder = await scratchFolder();
  const { deviceId } = await workbench.request('devices/open', { path: await image(folder) });
  const victim = join(folder, 'victim');
  await writeFile(victim, 'precious');
  await symlink(victim, join(folder, 'link'));
  await symlink(join(folder, 'nowhere'), join(folder, 'dangling'));
  const server = createServer().listen(join(folder, 'busy'));
  onTestFinished(() => void server.close());
  for (const name of ['victim', 'link', 'dangling', 'busy', '.', 'disk.img'])
    await expect(ask('exports/start', { deviceId, socketPath: join(folder, name), writable: false }), name).rejects.toMatchObject(
      {
        code: expect.stringMatching(/InvalidInput|Refused/) as string,
      },
    );
  for (const socketPath of ['/proc/self/x', `${folder}/a\0b`, `${folder}/${'a'.repeat(200)}`])
    await expect(ask('exports/start', { deviceId, socketPath, writable: false }), socketPath).rejects.toThrow();
  await expect(ask('exports/start', { deviceId, socketPath: null, writable: true })).rejects.toMatchObject({ code: 'Refused' });
  expect(await readFile(victim, 'utf8')).toBe('precious');

  const { socketPath, exportId } = await workbench.request('exports/start', {
    deviceId,
    socketPath: join(folder, 's'),
    writable: false,
  });
  expect((await stat(socketPath)).mode & 0o777).toBe(0o600);
  await workbench.request('exports/stop', { exportId });
  expect(await readdir(folder)).not.toContain('s');
});
