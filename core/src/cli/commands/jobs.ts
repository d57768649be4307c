import { InvalidInputError } from '@diskwright/sdk/errors';
import type { Command } from 'commander';
import type { JobProgress } from '../../common';
import type { JobSummary } from '../../host/jobs/jobService';
import type { Application } from '../application';
import { jobText, time, took } from '../../host/text/jobText';
import { formatTable } from '../../host/text/table';
import { followJob } from '../followJob';
import { addOperationOptions, checkOperationOptions, type OperationOptions, runOperation } from '../operation';
import { addErrorOption, jobSettings } from '../jobOptions';
import { withLostFiles } from '../withLostFiles';
import { progressLine } from '../text/progressBar';
import { registerJobMap } from './jobMap';

const DEVICE_HELP = 'where a device of its plan is to be found now; may be given several times';

export function registerJobs(program: Command, application: Application, exit: (status: number) => void): void {
  const jobs = program.command('jobs').description('Jobs: plans that are being applied, or were').helpCommand(false);

  jobs
    .command('list')
    .description('List all jobs, oldest first')
    .action(async () => {
      const summaries = await (await application.host()).jobs.list();
      if (application.json) return application.printJson(summaries.map(summaryJson));
      if (summaries.length === 0) return application.print('There are no jobs.');
      const rows = summaries.map((job) => [
        job.id,
        stateText(job),
        time(job.startedAt),
        job.result ? took(job.result) : '',
        job.title,
      ]);
      application.print(formatTable(['job', 'state', 'started', 'took', 'title'], rows, { right: [3] }));
    });

  jobs
    .command('show <job>')
    .description('Show what a job was asked, what it did, and its log; the end of its id is enough to name it')
    .action(async (name: string) => {
      const host = await application.host();
      const shown = await host.jobs.show(name);
      const job = { ...shown, result: shown.result && (await withLostFiles(application, shown.id, shown.result)) };
      if (application.json) application.printJson({ ...summaryJson(job), ...job });
      else application.print(jobText(job, job.progress ? runningText(job.progress) : job.state));
    });

  registerJobMap(jobs, application);

  const resuming = jobs
    .command('resume <job>')
    .description('Go on with a job that is paused, was interrupted, has failed or was cancelled, where it stopped')
    .option('--device <name=path>', DEVICE_HELP, devicePaths)
    .action(async (name: string, options: { device?: Record<string, string>; onError?: string }) => {
      const settings = jobSettings({ onError: options.onError });
      const host = await application.host();
      exit(
        await followJob(application, (follower) => host.jobs.resume(name, options.device ?? {}, { ...settings, ...follower })),
      );
    });
  addErrorOption(resuming);

  const undoing = jobs
    .command('undo <job>')
    .description('Take back what a job has done, as far as it was saved; that is a plan like any other, and a job of its own')
    .option('--device <name=path>', DEVICE_HELP, devicePaths)
    .action(async (name: string, options: OperationOptions & { device?: Record<string, string> }) => {
      await checkOperationOptions(options);
      const host = await application.host();
      const plan = await host.jobs.undoPlan(name, options.device ?? {}, application.signal);
      exit(await runOperation(application, host, plan, options));
    });
  addOperationOptions(undoing);

  jobs
    .command('pause <job>')
    .description('Let a running job rest; it holds its devices, and goes on with "jobs resume"')
    .action(async (name: string) => {
      const job = await (await application.host()).jobs.pause(name);
      if (application.json) application.printJson(summaryJson(job));
      else application.print(`${job.id}  paused  ${job.title}`);
    });

  jobs
    .command('cancel <job>')
    .description('End a running job and wait until it has ended; what it wrote stays, and "jobs resume" goes on with it')
    .action(async (name: string) => {
      const job = await (await application.host()).jobs.cancel(name, application.signal);
      if (application.json) application.printJson(summaryJson(job));
      else application.print(`${job.id}  ${stateText(job)}  ${job.title}`);
    });
}

/** `name=path`, added to what was given before. */
function devicePaths(given: string, before: Record<string, string> = {}): Record<string, string> {
  const at = given.indexOf('=');
  if (at < 1 || at === given.length - 1)
    throw new InvalidInputError(`"${given}" names no device`, {
      todo: 'Give --device NAME=PATH, as in --device target=/dev/sdb.',
    });
  return { ...before, [given.slice(0, at)]: given.slice(at + 1) };
}

function runningText(progress: JobProgress): string {
  return `running  ${progressLine(progress, (process.stdout.columns || 80) - 20)}`;
}

function stateText({ state, result }: JobSummary): string {
  return result && result.holeCount > 0 ? `${state}, ${result.holeCount} holes` : state;
}

function summaryJson({ id, state, title, startedAt, result, group }: JobSummary): Record<string, unknown> {
  return {
    id,
    state,
    title,
    startedAt,
    endedAt: result?.endedAt ?? null,
    message: result?.message ?? null,
    exitStatus: result?.exitStatus ?? null,
    ...(group && { group }),
  };
}
