import type { Command } from 'commander';
import type { Application } from '../application';
import { jobResultText } from '../text/jobText';
import { formatTable, printable } from '../text/table';

export function registerJobs(program: Command, application: Application): void {
  const jobs = program.command('jobs').description('plans that are being applied, or were');

  jobs
    .command('list')
    .description('all jobs, oldest first')
    .action(async () => {
      const summaries = await (await application.host()).jobs.list();
      if (application.json) {
        return application.printJson(
          summaries.map(({ id, state, title, result }) => ({
            id,
            state,
            title,
            message: result?.message ?? null,
            exitStatus: result?.exitStatus ?? null,
          })),
        );
      }
      if (summaries.length === 0) return application.print('There are no jobs.');
      application.print(
        formatTable(
          ['job', 'state', 'title'],
          summaries.map(({ id, state, title }) => [id, state, printable(title)]),
        ),
      );
    });

  jobs
    .command('show <job>')
    .description('what a job was asked, what it did, its log')
    .action(async (name: string) => {
      const job = await (await application.host()).jobs.show(name);
      if (application.json) return application.printJson(job);
      application.print(`${job.id}  ${job.state}  ${printable(job.title)}\n${job.folder}`);
      if (job.result) application.print(jobResultText(job.result));
      if (job.log) application.print(`\n${job.log.trimEnd().split('\n').map(printable).join('\n')}`);
    });

  jobs
    .command('cancel <job>')
    .description('end a running job; what is written stays, and the target is not recognisable')
    .action(async (name: string) => {
      const jobId = await (await application.host()).jobs.cancel(name);
      if (application.json) application.printJson({ id: jobId, cancelled: true });
      else application.print(`${jobId} is being cancelled`);
    });
}
