import type { JobProgress } from '../../common';
import type { JobDetails } from '../../common/workbench';

/** A stage of a job in a list of all of them. */
export interface Stage {
  id: string;
  title: string;
  state: 'done' | 'current' | 'waiting' | 'unreached' | 'stopped' | 'skipped';
}

const STAGES: readonly (readonly [string, string])[] = [
  ['check', 'Check devices and what must be unchanged'],
  ['save', 'Save what will be overwritten'],
  ['invalidate', 'Take away what was there'],
  ['content', 'Copy the content'],
  ['verify', 'Read back and compare'],
  ['commit', 'Make the result recognisable'],
];
const rank = (stage: string): number => STAGES.findIndex(([id]) => id === stage);

/**
 * The stages of a job with how far it is. Verifying belongs to more than one phase, so that a job may come back to it.
 * @param reached the furthest stage that was seen
 */
export function stagesOf(
  { state, result }: Pick<JobDetails, 'state' | 'result'>,
  current: JobProgress | null,
  reached: string,
): Stage[] {
  const furthest = result ? rank(result.phase) : Math.max(rank(reached), current ? rank(current.stage) : 0);
  return STAGES.map(([id, title], index) => ({ id, title, state: stateOf(id, index) }));

  function stateOf(id: string, index: number): Stage['state'] {
    if (state === 'done' || state === 'undone') return id === 'verify' && result?.bytesVerified === 0 ? 'skipped' : 'done';
    if (state === 'running') {
      if (current ? id === current.stage : index === furthest) return 'current';
      return index <= furthest ? 'done' : 'waiting';
    }
    if (index === furthest) return 'stopped';
    return index < furthest ? 'done' : 'unreached';
  }
}

/** The further one of two stages. */
export const furtherStage = (one: string, other: string): string => (rank(one) >= rank(other) ? one : other);
