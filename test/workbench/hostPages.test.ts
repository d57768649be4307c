/** Plans, jobs, settings and state as pages ask for them, over the real server. */
import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { WorkbenchParams } from '../../core/src/common/workbench';
import { cliJson } from '../support/cli';
import { makeLab } from '../support/lab';
import { scratchFolder } from '../support/scratch';
import { waitFor } from '../support/waitFor';
import { startWorkbench } from '../support/workbench';

async function setting() {
  const home = join(await scratchFolder(), 'home');
  const lab = await makeLab(join(home, 'lab'));
  return { home, ...lab, workbench: await startWorkbench({ home }) };
}

test('a window is greeted with the lab', async () => {
  const { workbench, home, disk } = await setting();
  const hello = await workbench.request('workbench/hello', {});
  expect(hello).toMatchObject({ dataFolder: home, root: process.getuid?.() === 0 });
  expect(hello.lab[0]).toEqual({ path: disk, title: 'Demo disk', description: expect.stringContaining('96 MiB') as string });
});

test('a plan is imported, reviewed, simulated and applied by its word; both windows follow the job and its end', async () => {
  const { workbench, home, disk, bigger } = await setting();
  await cliJson(['clone', 'disk', disk, bigger, '--yes'], { home });
  const file = join(home, 'clone.plan');
  await cliJson(['clone', 'disk', disk, bigger, '--plan', file], { home });
  const told: { jobs: string[]; changed: string[]; progress: number } = { jobs: [], changed: [], progress: 0 };
  await workbench.connect({
    'jobs/changed': ({ job }: WorkbenchParams<'jobs/changed'>) => void told.jobs.push(job.state),
    'jobs/progress': () => void told.progress++,
    'devices/contentChanged': ({ path }: WorkbenchParams<'devices/contentChanged'>) => void told.changed.push(path),
  });
  const { digest } = await workbench.request('plans/import', { path: file });
  expect((await workbench.request('plans/list', {})).plans).toEqual([expect.objectContaining({ digest, targets: [bigger] })]);
  const { stepCount, bytes } = await workbench.request('plans/read', { digest });
  expect(bytes.copied).toBeGreaterThan(1024 * 1024);
  expect((await workbench.request('plans/steps', { digest, from: 0, count: 256 })).steps).toHaveLength(stepCount);
  const { changes, incomplete } = await workbench.request('plans/changes', { digest });
  expect(incomplete).toBeUndefined();
  expect(changes.length).toBeGreaterThan(0);
  const { overlay, layout } = await workbench.request('plans/simulate', { digest });
  expect(layout.partitions).toHaveLength(3);
  expect((await workbench.request('devices/list', {})).overlays.map(({ name }) => name)).toEqual([overlay]);
  const { word, action, refusals } = await workbench.request('plans/safety', { digest });
  expect({ word, action, refusals }).toEqual({
    word: 'bigger-disk.img',
    action: 'Erase and write bigger-disk.img',
    refusals: [],
  });
  await expect(workbench.request('plans/apply', { digest, word: 'bigger' })).rejects.toThrow(/does not name/);
  const { jobId } = await workbench.request('plans/apply', { digest, word });
  await waitFor(() => told.jobs.includes('done') && told.changed.includes(bigger), 'the end is told');
  const { jobs } = await workbench.request('jobs/list', {});
  expect(jobs[0]).toMatchObject({ id: jobId, state: 'done' });
  expect((await workbench.request('jobs/show', { id: jobId })).plan).toMatchObject({ digest });
  expect((await workbench.request('jobs/report', { id: jobId, path: null })).text).toMatch(/Steps of the plan/);
});

test('settings that one window writes are told to the other, values and schema included', async () => {
  const { workbench, home } = await setting();
  const told: string[] = [];
  await workbench.connect({
    'settings/changed': ({ document }: WorkbenchParams<'settings/changed'>) => void told.push(document),
  });
  const { groups } = await workbench.request('settings/schema', {});
  expect(groups.find(({ plugin }) => plugin === 'disk-clone')?.properties).toHaveProperty(['disk-clone.bootGapMiB']);
  await workbench.request('settings/set', { key: 'workbench.theme', value: 'dark' });
  expect((await workbench.request('settings/values', {})).values).toMatchObject({ 'workbench.theme': 'dark' });
  const { text, digest, path } = await workbench.request('settings/read', { document: 'settings' });
  expect(await readFile(path, 'utf8')).toBe(text);
  await workbench.request('settings/write', { document: 'settings', text: `// mine\n${text}`, digest });
  await expect(workbench.request('settings/write', { document: 'settings', text: '', digest })).rejects.toThrow(/somebody else/);
  await waitFor(() => told.length >= 2, 'both changes are told');
  await appendFile(join(home, 'settings.json'), '// by hand\n');
  await waitFor(() => told.length >= 3, 'what the user wrote by hand is told');
});

test('what a window keeps is there after a restart, and told to the other window only', async () => {
  const { workbench, home } = await setting();
  const told = { own: 0, other: 0 };
  const own = await workbench.connect({ 'state/changed': () => void told.own++ });
  await workbench.connect({ 'state/changed': () => void told.other++ });
  expect(await own.request('state/read', { key: 'layout' })).toEqual({ value: null });
  await own.request('state/write', { key: 'layout', value: { editors: ['a'] } });
  await waitFor(() => told.other === 1, 'the other window is told');
  expect(told.own).toBe(0);
  await expect(own.request('state/write', { key: 'layout', value: 'x'.repeat(1024 * 1024 - 512) })).resolves.toEqual({});
  await expect(own.request('state/write', { key: '../evil', value: 1 })).rejects.toThrow();
  await own.request('state/write', { key: 'layout', value: { editors: ['b'] } });
  await workbench.dispose();
  const later = await startWorkbench({ home });
  expect(await later.request('state/read', { key: 'layout' })).toEqual({ value: { editors: ['b'] } });
});

test("a page's problem is in the host's log, without anything that commands a terminal", async () => {
  const { workbench } = await setting();
  await workbench.request('workbench/problem', { message: 'it broke \u001b[31m here' });
  const { text } = await workbench.request('logs/read', { log: 'host' });
  expect(text).toMatch(/page: it broke \\x1b\[31m here\n$/);
});
