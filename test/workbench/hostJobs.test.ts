/** Jobs in the host: followed whoever started them, cancelled, reported. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Host } from '../../core/src/host/host';
import { JobWatcher, type WatchedJob } from '../../core/src/host/jobs/jobWatcher';
import { jobReport, saveReport } from '../../core/src/host/jobs/jobReport';
import { hostHere } from '../support/hostHere';
import { type Lab, makeLab } from '../support/lab';
import { nbdkit } from '../support/nbdServer';
import { PlanBuilder } from '../support/planBuilder';
import { startCli } from '../support/runningCli';
import { scratchFolder } from '../support/scratch';
import { requireTool } from '../support/tools';
import { waitFor } from '../support/waitFor';

interface Setting extends Pick<Lab, 'disk' | 'bigger'> {
  home: string;
  host: Host;
}

async function setting(): Promise<Setting> {
  const folder = await scratchFolder();
  const home = join(folder, 'home');
  const { disk, bigger } = await makeLab(join(home, 'lab'));
  return { home, disk, bigger, host: await hostHere(home) };
}

/** The disk as a source that takes seconds to be read. */
async function slowSource(disk: string): Promise<string> {
  requireTool('nbdkit');
  return (await nbdkit('--readonly', '--filter=noextents', '--filter=rate', 'file', disk, 'rate=240M')).uri;
}

/** What a watcher tells, in the order in which it does. */
async function follow({ host }: Setting) {
  const told = { states: [] as string[], progress: [] as number[], ended: [] as string[], changed: [] as string[] };
  host.jobWatcher.onChanged((job: WatchedJob) => told.states.push(job.state));
  host.jobWatcher.onProgress(({ progress }) => told.progress.push(progress.done));
  host.jobWatcher.onEnded((id) => told.ended.push(id));
  host.contentChanges.onChanged((path) => told.changed.push(path));
  await host.jobWatcher.start();
  return told;
}

test('a job of the command line is seen: that it began, how far it is, that it ended, and what it changed', async () => {
  const given = await setting();
  const told = await follow(given);
  const running = startCli(['clone', 'disk', await slowSource(given.disk), given.bigger, '--all-sectors', '--yes'], given);
  await waitFor(() => told.progress.some((done) => done > 0), 'progress is told');
  expect((await given.host.jobWatcher.list())[0]).toMatchObject({
    state: 'running',
    progress: { total: expect.any(Number) as number },
  });
  expect((await running.ended).status).toBe(0);
  await waitFor(() => told.changed.includes(given.bigger), 'the change is told');
  expect(told.states.at(-1)).toBe('done');
  expect(told.states).toContain('running');
  const [job] = await given.host.jobWatcher.list();
  expect(job).toMatchObject({ state: 'done', progress: null, id: told.ended[0] });
});

test('a job that was there before is listed without being told as new', async () => {
  const given = await setting();
  expect((await startCli(['clone', 'disk', given.disk, given.bigger, '--yes'], given).ended).status).toBe(0);
  const told = await follow(given);
  expect(await given.host.jobWatcher.list()).toEqual([expect.objectContaining({ state: 'done' })]);
  expect(told).toEqual({ states: [], progress: [], ended: [], changed: [] });
});

test('a second watcher sees a job that is under way, and its end when it is cancelled', async () => {
  const given = await setting();
  const running = startCli(['clone', 'disk', await slowSource(given.disk), given.bigger, '--all-sectors', '--yes'], given);
  await running.shows(/Copying/);
  const watcher = new JobWatcher(given.host.jobs, given.home);
  const states: string[] = [];
  watcher.onChanged((job) => states.push(job.state));
  try {
    await watcher.start();
    const [job] = await watcher.list();
    expect(job).toMatchObject({ state: 'running' });
    await given.host.jobs.cancel(job!.id, AbortSignal.timeout(20_000));
    await waitFor(() => states.includes('cancelled'), 'the end is told');
    expect((await running.ended).status).toBe(130);
  } finally {
    watcher.dispose();
  }
});

test('what was read of a device counts no more when a job has written it', async () => {
  const given = await setting();
  const told = await follow(given);
  const { deviceId } = await given.host.devices.open(given.bigger);
  expect((await given.host.structures.at(deviceId, { offset: 0, length: 4096 })).structures).toEqual([]);
  expect((await startCli(['clone', 'disk', given.disk, given.bigger, '--yes'], given).ended).status).toBe(0);
  await waitFor(() => told.changed.length > 0, 'the change is told');
  const { structures } = await given.host.structures.at(deviceId, { offset: 0, length: 4096 });
  expect(structures.map(({ structure }) => structure.name).join()).toMatch(/GPT/i);
});

test('a report says what was asked, every step, and what came of it; it replaces nothing', async () => {
  const given = await setting();
  const { identity } = await given.host.devices.open(given.bigger);
  const { plan } = new PlanBuilder()
    .device('target', 'target', given.bigger, identity)
    .write('content', ['target', 512], Buffer.from('x'));
  const { jobId, ended } = await given.host.jobs.start(plan, { target: given.bigger });
  await ended;
  const text = await jobReport(await given.host.jobs.show(jobId));
  for (const part of [plan.title, given.bigger, 'because the test says so', /^state +done$/m, /started: /])
    expect(text).toMatch(part);
  const path = join(given.home, 'report.txt');
  await saveReport(text, path);
  expect(await readFile(path, 'utf8')).toBe(text);
  await expect(saveReport(text, path)).rejects.toThrow(/exists already/);
});
