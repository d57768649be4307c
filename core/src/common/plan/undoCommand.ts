import type { Plan } from '@diskwright/sdk/protocol';

const UNDO = 'jobs.undo';
const JOB_ID = /^[\w-]{1,64}$/;

/** The command of a plan that undoes a job, by the job's id. */
export function undoCommand(job: string): Plan['command'] {
  return { id: UNDO, input: { job } };
}

/** The id of the job, in the same data folder, that a plan undoes; null when it undoes none. */
export function undoneJobOf({ command: { id, input } }: Pick<Plan, 'command'>): string | null {
  if (id !== UNDO || typeof input !== 'object' || input === null || !('job' in input)) return null;
  return typeof input.job === 'string' && JOB_ID.test(input.job) ? input.job : null;
}
