import { expect, test } from 'vitest';
import type { JobProgress, JobResult } from '../../common';
import { furtherStage, stagesOf } from './stages';

const progress = (stage: string): JobProgress => ({
  stage,
  text: '',
  done: 0,
  total: 0,
  bytesPerSecond: 0,
  paused: false,
  limit: null,
});
const states = (...given: Parameters<typeof stagesOf>) => stagesOf(...given).map(({ state }) => state);

test('a running job has done what is before its stage', () => {
  expect(states({ state: 'running', result: null }, progress('content'), 'content')).toEqual([
    'done',
    'done',
    'done',
    'current',
    'waiting',
    'waiting',
  ]);
});

test('a job that comes back to verifying has done what it reached before', () => {
  expect(states({ state: 'running', result: null }, progress('verify'), 'commit')).toEqual([
    'done',
    'done',
    'done',
    'done',
    'current',
    'done',
  ]);
  expect(furtherStage('verify', 'commit')).toBe('commit');
});

test('a job that was stopped says where', () => {
  const result = { phase: 'content' } as JobResult;
  expect(states({ state: 'cancelled', result }, null, 'check')[3]).toBe('stopped');
  expect(states({ state: 'cancelled', result }, null, 'check')[4]).toBe('unreached');
});

test('a finished job that verified nothing says so', () => {
  const result = { phase: 'commit', bytesVerified: 0 } as JobResult;
  expect(states({ state: 'done', result }, null, 'check')).toEqual(['done', 'done', 'done', 'done', 'skipped', 'done']);
});
