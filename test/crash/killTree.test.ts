/** The command line, its host and the sector service killed all at once at a random moment of a clone; then `jobs resume`. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { cli, cliJson } from '../support/cli';
import { budget, type CampaignLine, generator, inTime, keepEvidence, seed } from '../support/longRun';
import { processesOf } from '../support/processesOf';
import { startCli } from '../support/runningCli';
import { scratchFolder } from '../support/scratch';
import { shows } from '../support/shows';
import { requireTool } from '../support/tools';
import { waitFor } from '../support/waitFor';
import { makeClone, OPERATION_TOOLS } from './operations';

/** Long enough for a job to be met in all of its phases. */
const MEBIBYTES = 64;
const LONG = { timeout: 4 * 3600_000 };

const evidence: CampaignLine[] = [];
afterAll(() => keepEvidence('kills of the whole tree', evidence));

/** Kills every process that was started with this data folder, whatever its session, until there is none. */
async function killAll(home: string): Promise<void> {
  await waitFor(() => {
    const running = processesOf(home);
    for (const line of running) {
      try {
        process.kill(Number(line.split(' ')[0]), 'SIGKILL');
      } catch {
        // It has ended meanwhile.
      }
    }
    return running.length === 0;
  }, 'all processes have ended');
}

function journalBytes(home: string): number {
  const jobs = join(home, 'jobs');
  try {
    return readdirSync(jobs).reduce((sum, job) => sum + readFileSync(join(jobs, job, 'journal')).length, 0);
  } catch {
    return 0;
  }
}

function isDone(home: string): boolean {
  const [job] = readdirSync(join(home, 'jobs'));
  const state = join(home, 'jobs', job!, 'state.json');
  return existsSync(state) && readFileSync(state, 'utf8').includes('"state":"done"');
}

test('a clone whose processes are all killed at any moment is gone on with', LONG, async () => {
  requireTool(...OPERATION_TOOLS);
  const folder = await scratchFolder();
  const scene = join(folder, 'scene');
  await mkdir(scene);
  const operation = await makeClone(scene, MEBIBYTES);
  const [source, target] = [join(scene, 'source.img'), join(scene, 'target.img')];
  const home = join(folder, 'home');
  const clone = ['clone', 'disk', source, target, '--yes'];
  const layOut = async (): Promise<void> => {
    await rm(home, { recursive: true, force: true });
    await writeFile(target, operation.images.get('target')!);
  };

  await layOut();
  const whole = startCli(clone, { home });
  await waitFor(() => journalBytes(home) > 0, 'the job begins');
  const beganAt = performance.now();
  await waitFor(() => isDone(home), 'the job is done');
  const milliseconds = performance.now() - beganAt;
  expect((await whole.ended).status).toBe(0);
  await killAll(home);
  const expected = await readFile(target);
  await operation.judge(target);

  const random = generator(seed);
  const kills = budget(2, 300);
  let [cases, resumed] = [0, 0];
  for (const index of inTime(Array(kills).keys())) {
    cases++;
    await layOut();
    const running = startCli(clone, { home });
    await waitFor(() => journalBytes(home) > 0, 'the job begins');
    // Spread over the whole job: some of them come early enough, however few they are.
    const delay = ((index + random()) / kills) * milliseconds;
    await new Promise((resolve) => setTimeout(resolve, delay));
    await killAll(home);
    await running.ended;
    const cut = `seed ${seed}, kill ${index}, ${delay.toFixed(0)} ms after the job began`;
    const [job] = await cliJson<{ id: string; state: string }[]>(['jobs', 'list'], { home });
    if (job!.state !== 'done') {
      expect(job!.state, cut).toBe('interrupted');
      const journal = await readFile(join(home, 'jobs', job!.id, 'journal'), 'utf8');
      if (/"phase":"invalidate","type":"phaseEnded"/.test(journal) && !/"phase":"commit"/.test(journal))
        expect(await shows(target), cut).toBe('');
      const result = await cli(['jobs', 'resume', job!.id], { home });
      expect(result.status, `${cut}: ${result.stderr}${result.stdout}`).toBe(0);
      resumed++;
    }
    expect((await readFile(target)).equals(expected), `${cut}: the target`).toBe(true);
    expect((await readFile(source)).equals(operation.images.get('source')!), `${cut}: the source`).toBe(true);
    await killAll(home);
  }
  expect(resumed).toBeGreaterThan(0);
  await operation.judge(target);
  evidence.push({
    operation: 'clone of a disk',
    cuts: 'SIGKILL of the command line, its host, plugins and sector service at random moments of the job',
    cases,
    of: kills,
    outcome: `${resumed} resumed, the others were done: identical target, the source unchanged`,
  });
});
