/** A workbench of a user who is not root: what that user may not read is refused in words, and nothing of it gets out. */
import { chmod, chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loopDevice } from '../support/loopDevice';
import { makeImage, MIB } from '../support/sampleDisk';
import { requireRoot } from '../support/tools';
import { sharedWorkbench, type WorkbenchOptions } from '../support/workbench';

requireRoot();
const NOBODY = 65534;
const SECRET = 'nobody may read this';
const options: WorkbenchOptions = { uid: NOBODY };
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'diskwright-'));
  await chmod(folder, 0o755);
  options.home = join(folder, 'home');
  await mkdir(options.home);
  await chown(options.home, NOBODY, NOBODY);
});
afterAll(() => rm(folder, { recursive: true, force: true }));
const workbench = sharedWorkbench(options);

/** A file of root's that others may read, or not. */
async function rootsFile(name: string, content: string, mode: number): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  await chmod(path, mode);
  return path;
}

const refusalOf = (asked: Promise<unknown>): Promise<Error> =>
  asked.then(
    () => expect.fail('it was answered'),
    (error: Error) => error,
  );

test('an image that everybody may read is opened, for reading only', async () => {
  const path = join(folder, 'readable.img');
  await makeImage(path, MIB);
  await chmod(path, 0o644);
  const device = await workbench.request('devices/open', { path });
  expect(device).toMatchObject({ path, size: MIB, readOnly: true });
});

test.each([
  ['a file', () => rootsFile('secret.img', SECRET, 0o600)],
  ['a disk', () => makeImage(join(folder, 'disk.img'), MIB).then(() => loopDevice(join(folder, 'disk.img')))],
])('%s that is root’s alone is refused in words', async (_name, make) => {
  const path = await make();
  const error = await refusalOf(workbench.request('devices/open', { path }));
  expect(error.message).toContain(path);
  expect(error.message).toMatch(/no right to read it/);
  expect(error.message).not.toMatch(/EACCES|EPERM|\bat .*\.[cj]s/);
});

test('a plan is taken in from a file, and is the same', async () => {
  const device = join(folder, 'own.img');
  await makeImage(device, MIB);
  await chown(device, NOBODY, NOBODY);
  const input = { device, edits: [{ offset: 4096, bytes: '6e6577' }] };
  const made = await workbench.request('commands/execute', { token: 'plan', command: 'sector-edit.write', input });
  expect(made.kind).toBe('plan');
  const digest = (made as { plan: string }).plan;
  const { path } = await workbench.request('plans/save', { digest, path: join(options.home!, 'saved.json') });
  await workbench.request('plans/remove', { digest });
  expect(await workbench.request('plans/import', { path })).toEqual({ digest });
  expect((await workbench.request('plans/list', {})).plans).toMatchObject([{ digest }]);
  await workbench.request('plans/remove', { digest });
});

test.each([
  [
    'a plan that is root’s alone',
    () => rootsFile('root.json', `{"title":"${SECRET}"}`, 0o600),
    /permission|not allowed|may not/i,
  ],
  ['a file that is no plan', () => rootsFile('other.json', `{"title":"${SECRET}"}`, 0o644), /plan/],
  ['a folder', () => Promise.resolve('/etc'), /plan|folder|directory/],
  ['what is not there', () => Promise.resolve('/none/plan.json'), /no such|not there|there is no/i],
  ['an endless device', () => Promise.resolve('/dev/zero'), /plan|file/],
])('%s is refused in words, and nothing in it is told', async (_name, make, words) => {
  const error = await refusalOf(workbench.request('plans/import', { path: await make() }));
  expect(error.message).toMatch(words);
  expect(error.message).not.toContain(SECRET);
  expect((await workbench.request('plans/list', {})).plans).toEqual([]);
});
