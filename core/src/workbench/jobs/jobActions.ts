import type { JobSummary } from '../../common/workbench';
import type { Workbench } from '../api';
import { askToCancel } from './cancelJob';

/** What is done with jobs; all throw as their messages do. */
export const pauseJob = async ({ host }: Workbench, id: string): Promise<void> => void (await host.request('jobs/pause', { id }));

export const resumeJob = async ({ host }: Workbench, id: string): Promise<void> =>
  void (await host.request('jobs/resume', { id }));

/** Opens the plan that takes back what a job did: making it reads the target. */
export async function undoJob({ host, editors, notifications }: Workbench, id: string): Promise<void> {
  const { digest } = await notifications.progress('Looking at what can be undone', (_, signal) =>
    host.request('jobs/undoPlan', { id }, signal),
  );
  await editors.open({ type: 'plan', key: digest });
}

/** Asks, and tells the job to end. @returns whether it was told to */
export async function cancelJob(workbench: Workbench, job: JobSummary): Promise<boolean> {
  if (!(await askToCancel(workbench, job))) return false;
  await workbench.host.request('jobs/cancel', { id: job.id });
  return true;
}
