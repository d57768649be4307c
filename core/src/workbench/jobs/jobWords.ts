import type { JobProgress, JobResult } from '../../common';
import { formatDuration } from '../../common/text/duration';
import { shareOf } from '../../common/text/jobStage';
import { formatSize, plural } from '../../common/text/size';
import type { JobSummary } from '../../common/workbench';
import { shownState, type ShownState } from './jobPossible';

/** A job's state as it is shown: never by its colour alone. */
export interface StateWords {
  /** A codicon's name. */
  icon: string;
  text: string;
  /** Names the colour. */
  tone: 'running' | 'good' | 'warning' | 'bad' | 'quiet';
}

const STATES: Readonly<Record<ShownState, StateWords>> = {
  running: { icon: 'sync', text: 'Running', tone: 'running' },
  paused: { icon: 'debug-pause', text: 'Paused', tone: 'warning' },
  interrupted: { icon: 'debug-disconnect', text: 'Interrupted', tone: 'bad' },
  done: { icon: 'pass', text: 'Done', tone: 'good' },
  failed: { icon: 'error', text: 'Failed', tone: 'bad' },
  cancelled: { icon: 'circle-slash', text: 'Cancelled', tone: 'warning' },
  undone: { icon: 'discard', text: 'Undone', tone: 'quiet' },
};

/** The state in words; a job that is done with holes is not simply done. */
export function stateWords({ state, result, progress }: Pick<JobSummary, 'state' | 'result' | 'progress'>): StateWords {
  if (state === 'done' && result && result.holeCount > 0) {
    return { icon: 'warning', text: `Done with ${holesText(result.holeCount)}`, tone: 'warning' };
  }
  return STATES[shownState({ state, progress })];
}

/** What could not be read, a sentence; null when all could. */
export function unreadText({ holeCount, holes }: Pick<JobResult, 'holeCount' | 'holes'>): string | null {
  if (holeCount === 0) return null;
  const isAll = holes.length === holeCount;
  const amount = isAll ? ` (${formatSize(holes.reduce((sum, { length }) => sum + length, 0))})` : '';
  return `${plural(holeCount, 'place')}${amount} could not be read; zeros stand on the target there.`;
}

const UNFINISHED =
  'Do not use the target as it is: resume the job, and it goes on where it stopped; or undo it, as far as what it has overwritten was saved.';

/** What is left on the target by a job that did not get to its end; null of one that did. */
export function leftBehind({ state, result }: Pick<JobSummary, 'state' | 'result'>): string | null {
  if (state === 'interrupted') {
    return `The program that ran it ended before it did. ${UNFINISHED}`;
  }
  if (state !== 'failed' && state !== 'cancelled') return null;
  return result?.phase === 'check'
    ? 'Nothing was written to the target. Resume tries it again.'
    : `What was written stays. ${UNFINISHED}`;
}

/** What a target looks like when its job is cancelled now. */
export const CANCEL_CONSEQUENCE: Readonly<Record<string, string>> = {
  check: 'Nothing was written to the target yet: it stays as it is.',
  save: 'Nothing was written to the target yet: it stays as it is.',
  invalidate: 'What was on the target is being taken away: it will look empty, and its old content cannot be relied on.',
  content:
    'The target will look empty: what was copied so far is not recognised. The job can be resumed later, and then goes on where it stopped.',
  verify:
    'The target will look empty: what was copied is not recognised. The job can be resumed later, and then goes on where it stopped.',
  commit:
    'The target is just being made recognisable: it may be left half finished. Resume the job before you use the target, or undo it.',
};

/** How long a job took, or runs by now. @param now milliseconds since 1970 */
export function durationText(
  { startedAt, result, state }: Pick<JobSummary, 'startedAt' | 'result' | 'state'>,
  now: number,
): string {
  if (!result && state !== 'running') return '';
  const end = result ? Date.parse(result.endedAt) : now;
  const seconds = Math.max(0, (end - Date.parse(startedAt)) / 1000);
  // Tenths of a second of a running job would only flicker.
  return formatDuration(result ? seconds : Math.round(seconds));
}

/** `42 %` */
export const percentText = (progress: Pick<JobProgress, 'done' | 'total'>): string => `${Math.floor(shareOf(progress) * 100)} %`;

/** `about 8 s left`; empty while it cannot be told. */
export function timeLeftText({ done, total, bytesPerSecond, paused }: JobProgress): string {
  if (paused || bytesPerSecond <= 0 || total <= done) return '';
  return `about ${formatDuration(Math.ceil((total - done) / bytesPerSecond))} left`;
}

const LIMITS: Readonly<Record<NonNullable<JobProgress['limit']>, string>> = {
  read: 'reading the source',
  write: 'writing the target',
  hash: 'hashing',
  flush: 'the target’s own cache being flushed',
};
/** `Limited by reading the source`; empty when nothing is known to. */
export const limitText = ({ limit }: Pick<JobProgress, 'limit'>): string => (limit ? `Limited by ${LIMITS[limit]}` : '');

/** What an exit status of the command line means. */
export const EXIT_STATUS_WORDS: Readonly<Record<number, string>> = {
  0: 'done',
  1: 'failed',
  3: 'refused for safety',
  4: 'done with holes',
  130: 'cancelled',
};

const holesText = (count: number): string => `${count} ${count === 1 ? 'hole' : 'holes'}`;
