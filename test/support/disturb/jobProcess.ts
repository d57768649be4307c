/** Runs or resumes a job in a process of its own, and prints what became of it: started by `jobProcesses.ts`. */
import { createJobRunner } from '../../../core/src/sector/job/jobRunner';
import { jobEnvironment } from '../jobs';
import type { JobOrder, JobOutcome } from './jobProcesses';

async function outcomeOf({ home, opening, folder, digest, paths, partBytes, options }: JobOrder): Promise<JobOutcome> {
  const runner = createJobRunner(jobEnvironment(home).context, { partBytes });
  const ended = new Promise<JobOutcome>((resolve) => runner.onEnded((_, result) => resolve({ result })));
  try {
    await (opening === 'begin' ? runner.start({ folder, digest, paths, options }) : runner.resume({ folder, paths }));
  } catch (error) {
    return { refused: error instanceof Error ? error.message : String(error) };
  }
  return ended;
}

void outcomeOf(JSON.parse(process.argv[2]!) as JobOrder).then((outcome) => {
  process.stdout.write(JSON.stringify(outcome), () => process.exit(0));
});
