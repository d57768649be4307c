import type { JobResult } from '../common';
import type { ApplyTogetherOptions } from '../host/jobs/jobService';
import { jobResultText } from '../host/text/jobText';
import type { Application } from './application';
import { whatNext } from './followJob';
import { ProgressLines } from './text/progressLines';
import { withLostFiles } from './withLostFiles';

/** From the best to the worst: done, with holes, cancelled, refused, failed. */
const WORSE = [0, 4, 130, 3, 1];

/** As `followJob` for several jobs at once, each told by its target's name; answers the worst exit status. */
export async function followTogether(
  application: Application,
  names: readonly string[],
  run: (follower: ApplyTogetherOptions) => Promise<JobResult[]>,
): Promise<number> {
  const lines = new ProgressLines(process.stderr, names);
  const ids: string[] = [];
  const ended = run({
    signal: application.signal,
    onStart: (index, id) => {
      ids[index] = id;
      if (!application.json) application.message(`job ${id}: ${names[index]}`);
    },
    onProgress: (index, progress) => {
      if (application.json) application.printJson({ jobId: ids[index], progress });
      else lines.update(index, progress);
    },
    onEnd: (index, { message }) => lines.end(index, message),
  });
  const results = await ended.finally(() => lines.clear());
  for (const [index, ending] of results.entries()) {
    const jobId = ids[index]!;
    const result = await withLostFiles(application, jobId, ending);
    if (application.json) application.printJson({ jobId, result });
    else if (result.exitStatus === 0) application.print(`${names[index]}: ${jobResultText(result)}`);
    else application.message([`${names[index]}: ${jobResultText(result)}`, ...whatNext(jobId, result)].join('\n'));
  }
  return worst(results.map(({ exitStatus }) => exitStatus));
}

function worst(statuses: readonly number[]): number {
  const badness = (status: number): number => WORSE.indexOf(status) + 1 || WORSE.length + 1;
  return statuses.reduce((worse, status) => (badness(status) > badness(worse) ? status : worse), 0);
}
