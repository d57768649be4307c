import { expect, test } from 'vitest';
import type { JobProgress, JobResult, JobState } from '../../common';
import { canCancel, canPause, canResume, canUndo, hasStopped } from './jobPossible';

const progress = (paused: boolean): JobProgress => ({
  stage: 'content',
  text: '',
  done: 0,
  total: 1,
  bytesPerSecond: 0,
  paused,
  limit: null,
});
const ended = (phase: JobResult['phase']): JobResult => ({ phase }) as JobResult;

test.each<[string, JobState, JobProgress | null, JobResult | null, string]>([
  ['running', 'running', progress(false), null, 'pause cancel'],
  ['paused', 'running', progress(true), null, 'cancel resume'],
  ['interrupted', 'interrupted', null, null, 'resume otherwise undo'],
  ['cancelled while it copied', 'cancelled', null, ended('content'), 'resume otherwise undo'],
  ['failed before it wrote', 'failed', null, ended('check'), 'resume otherwise'],
  ['done', 'done', null, ended('commit'), 'undo'],
  ['undone', 'undone', null, ended('commit'), ''],
])('what can be done with a job that is %s', (_, state, now, result, possible) => {
  const job = { state, progress: now, result };
  const can = {
    pause: canPause(job),
    cancel: canCancel(job),
    resume: canResume(job),
    otherwise: hasStopped(job),
    undo: canUndo(job),
  };
  expect(
    Object.entries(can)
      .filter(([, is]) => is)
      .map(([name]) => name)
      .join(' '),
  ).toBe(possible);
});
