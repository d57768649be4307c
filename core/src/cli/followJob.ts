import type { JobResult } from '../common';
import type { ApplyOptions } from '../host/jobs/jobService';
import { jobResultText } from '../host/text/jobText';
import type { Application } from './application';
import { ProgressBar } from './text/progressBar';
import { withLostFiles } from './withLostFiles';

/** Runs a job to its end, shows how far it is and how it ended, and answers its exit status. */
export async function followJob(application: Application, run: (follower: ApplyOptions) => Promise<JobResult>): Promise<number> {
  const bar = new ProgressBar(process.stderr);
  let jobId = '';
  const ended = run({
    signal: application.signal,
    onStart: (id) => {
      jobId = id;
      if (!application.json) application.message(`job ${id}`);
    },
    onProgress: (progress) => {
      if (application.json) application.printJson({ jobId, progress });
      else bar.update(progress);
    },
  });
  const done = await ended.finally(() => bar.clear());
  const result = await withLostFiles(application, jobId, done);
  if (application.json) application.printJson({ jobId, result });
  else if (result.exitStatus === 0) application.print(jobResultText(result));
  else application.message([jobResultText(result), ...whatNext(jobId, result)].join('\n'));
  return result.exitStatus;
}

/** What to do about a job that is not simply done. */
export function whatNext(jobId: string, { state }: JobResult): string[] {
  const record = `The whole record: diskwright jobs show ${jobId}`;
  return state === 'done' ? [record] : [record, `Go on where it stopped: diskwright jobs resume ${jobId}`];
}
