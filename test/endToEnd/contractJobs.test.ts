/** Jobs: their records, and what becomes of them when the command or the service ends before they do. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cli, cliJson } from '../support/cli';
import { type Lab, makeLab } from '../support/lab';
import { nbdkit } from '../support/nbdServer';
import { processesOf } from '../support/processesOf';
import { startCli } from '../support/runningCli';
import { scratchFolder } from '../support/scratch';
import { sha256OfFile } from '../support/tool';
import { requireTool } from '../support/tools';
import { waitFor } from '../support/waitFor';

interface ListedJob {
  id: string;
  state: string;
  title: string;
  exitStatus: number | null;
}

type Setting = Pick<Lab, 'home' | 'disk' | 'bigger'>;

async function setting(): Promise<Setting> {
  const folder = await scratchFolder();
  return { home: join(folder, 'home'), ...(await makeLab(folder)) };
}

/** The disk as a source that takes seconds to be read. */
async function slowSource(disk: string, bitsPerSecond = '40M'): Promise<string> {
  requireTool('nbdkit');
  return (await nbdkit('--readonly', '--filter=noextents', '--filter=rate', 'file', disk, `rate=${bitsPerSecond}`)).uri;
}

const list = (given: Setting): Promise<ListedJob[]> => cliJson<ListedJob[]>(['jobs', 'list'], given);
const copying = /Copying|"stage":"content"/;

test('a clone ends with a record of what was asked and done', async () => {
  const given = await setting();
  expect(await list(given)).toEqual([]);
  const { jobId, result } = await cliJson<{ jobId: string; result: { exitStatus: number } }>(
    ['clone', 'disk', given.disk, given.bigger, '--yes'],
    given,
  );
  expect(result.exitStatus).toBe(0);
  expect(await list(given)).toEqual([expect.objectContaining({ id: jobId, state: 'done', exitStatus: 0 })]);
  const shown = await cliJson<Record<string, unknown>>(['jobs', 'show', jobId], given);
  expect(shown).toMatchObject({ id: jobId, state: 'done', result, progress: null });
  expect(shown['plan']).toMatchObject({
    digest: await sha256OfFile(join(given.home, 'jobs', jobId, 'plan.json')),
    command: { id: 'disk-clone.cloneDisk', input: { source: given.disk, target: given.bigger } },
  });
  const { stdout } = await cli(['jobs', 'show', jobId.slice(-4)], given);
  expect(stdout).toMatch(/^state +done$/m);
  expect(stdout).toMatch(/^copied +9\.3 MiB \(\d+ bytes\)$/m);
  expect((await cli(['jobs', 'cancel', jobId], given)).status).toBe(1);
});

test('what was refused before it began leaves no job', async () => {
  const given = await setting();
  const { status } = await cli(['clone', 'disk', given.disk, given.disk, '--yes'], given);
  expect(status).toBe(3);
  expect(await list(given)).toEqual([]);
});

test('Ctrl+C during a copy cancels the job', async () => {
  const given = await setting();
  const source = await slowSource(given.disk);
  const command = startCli(['clone', 'disk', source, given.bigger, '--all-sectors', '--yes'], given);
  await command.shows(copying);
  command.kill('SIGINT');
  const { status, stderr } = await command.ended;
  expect(stderr).toMatch(/Cancelled after .*\n.*Do not use the target/);
  expect(status).toBe(130);
  expect(await list(given)).toEqual([expect.objectContaining({ state: 'cancelled', exitStatus: 130 })]);
  await waitFor(() => processesOf(given.home).length === 0, 'no process is left');
});

test('Ctrl+C while a plan is made leaves no job and no process', async () => {
  const given = await setting();
  const source = await slowSource(given.disk);
  const command = startCli(['clone', 'disk', source, given.bigger, '--yes'], given);
  await waitFor(() => processesOf(given.home).length > 1, 'the service runs');
  command.kill('SIGINT');
  expect((await command.ended).status).toBe(130);
  expect(await list(given)).toEqual([]);
  await waitFor(() => processesOf(given.home).length === 0, 'no process is left');
});

describe('a command that is killed during a copy', () => {
  test('leaves the job running to its end', async () => {
    const given = await setting();
    const source = await slowSource(given.disk, '120M');
    const command = startCli(['clone', 'disk', source, given.bigger, '--all-sectors', '--yes'], given);
    await command.shows(copying);
    command.kill('SIGKILL');
    await command.ended;
    const [job] = await list(given);
    expect(job).toMatchObject({ state: 'running', exitStatus: null });
    expect(await cliJson(['jobs', 'show', job!.id], given)).toMatchObject({
      state: 'running',
      progress: { total: expect.any(Number) },
    });
    await waitFor(async () => (await list(given))[0]!.state === 'done', 'the job is done');
    await waitFor(() => processesOf(given.home).length === 0, 'no process is left');
  });

  test('leaves a job that keeps its target, and can be cancelled', async () => {
    const given = await setting();
    const source = await slowSource(given.disk);
    const command = startCli(['clone', 'disk', source, given.bigger, '--all-sectors', '--yes'], given);
    await command.shows(copying);
    command.kill('SIGKILL');
    await command.ended;
    const { id } = (await list(given))[0]!;
    const second = await cli(['clone', 'disk', given.disk, given.bigger, '--yes'], given);
    expect(second.stderr).toContain(`Job ${id} is writing it`);
    expect(second.status).toBe(3);
    expect(await cliJson(['jobs', 'cancel', id], given)).toMatchObject({ id, state: 'cancelled' });
  });
});

test('a service that dies leaves an interrupted job, and the command says so', async () => {
  const given = await setting();
  const source = await slowSource(given.disk);
  const command = startCli(['clone', 'disk', source, given.bigger, '--all-sectors', '--yes'], given);
  await command.shows(copying);
  const service = processesOf(given.home).find((process) => process.includes('sector.cjs'));
  process.kill(Number.parseInt(service!, 10), 'SIGKILL');
  const { status, stderr } = await command.ended;
  expect(stderr).toMatch(/the job is interrupted\n.*Do not use its target/);
  expect(status).toBe(1);
  expect(await list(given)).toEqual([expect.objectContaining({ state: 'interrupted' })]);
});

test('a reader that goes away does not end a clone', async () => {
  const given = await setting();
  const command = startCli(['clone', 'disk', given.disk, given.bigger, '--yes', '--json'], given);
  command.closeOutput();
  expect((await command.ended).status).toBe(0);
  expect(await list(given)).toEqual([expect.objectContaining({ state: 'done' })]);
});
