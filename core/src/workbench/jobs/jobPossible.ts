import type { JobState } from '../../common';
import type { JobSummary } from '../../common/workbench';

/** As a user sees it: a job that rests is not simply running. */
export type ShownState = JobState | 'paused';
type Job = Pick<JobSummary, 'state' | 'result' | 'progress'>;

export const shownState = ({ state, progress }: Pick<JobSummary, 'state' | 'progress'>): ShownState =>
  state === 'running' && progress?.paused ? 'paused' : state;

export const canPause = (job: Job): boolean => shownState(job) === 'running';
export const canCancel = (job: Job): boolean => job.state === 'running';

/** It rests, or stopped before its end: it goes on where it was. */
export const canResume = (job: Job): boolean => ['paused', 'interrupted', 'failed', 'cancelled'].includes(shownState(job));

/** It stopped before its end, and is begun again when it is resumed. */
export const hasStopped = (job: Job): boolean => canResume(job) && !canCancel(job);

/** It has ended, and may have written something. */
export function canUndo({ state, result }: Job): boolean {
  if (state === 'running' || state === 'undone') return false;
  return state === 'done' || result?.phase !== 'check';
}

/** What when clauses ask for. */
export function jobKeys(job: (Job & { id: string }) | undefined): Record<string, string | boolean> {
  if (!job) return {};
  return {
    jobId: job.id,
    jobState: shownState(job),
    jobPausable: canPause(job),
    jobResumable: canResume(job),
    jobStopped: hasStopped(job),
    jobUndoable: canUndo(job),
  };
}
