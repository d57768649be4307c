import { describe, expect, test } from 'vitest';
import type { JobProgress, JobResult } from '../../common';
import { durationText, leftBehind, limitText, percentText, stateWords, timeLeftText, unreadText } from './jobWords';

const result: JobResult = {
  state: 'done',
  exitStatus: 0,
  message: 'Done',
  phase: 'commit',
  bytesCopied: 2 * 1024 * 1024,
  bytesVerified: 2 * 1024 * 1024,
  holes: [],
  holeCount: 0,
  digests: [],
  error: null,
  startedAt: '2026-11-22T08:00:00.000Z',
  endedAt: '2026-11-22T08:00:02.000Z',
};
const progress: JobProgress = {
  stage: 'content',
  text: 'x',
  done: 25,
  total: 100,
  bytesPerSecond: 10,
  paused: false,
  limit: 'read',
};

describe('the state of a job', () => {
  test('what could not be read is told with its size, as far as all of it is known', () => {
    const hole = { step: 0, device: 'source', offset: 0, length: 4096 };
    expect(unreadText({ holeCount: 0, holes: [] })).toBeNull();
    expect(unreadText({ holeCount: 1, holes: [hole] })).toBe(
      '1 place (4 KiB) could not be read; zeros stand on the target there.',
    );
    expect(unreadText({ holeCount: 9, holes: [hole] })).toBe('9 places could not be read; zeros stand on the target there.');
  });

  test('with holes is not simply done', () => {
    expect(stateWords({ state: 'done', result, progress: null })).toMatchObject({ text: 'Done', tone: 'good' });
    expect(stateWords({ state: 'done', result: { ...result, holeCount: 3 }, progress: null })).toMatchObject({
      text: 'Done with 3 holes',
      tone: 'warning',
    });
  });

  test('says what it leaves behind when it did not get to its end', () => {
    expect(leftBehind({ state: 'done', result })).toBeNull();
    expect(leftBehind({ state: 'cancelled', result: { ...result, phase: 'check' } })).toContain('Nothing was written');
    for (const job of [
      { state: 'cancelled', result },
      { state: 'interrupted', result: null },
    ] as const) {
      expect(leftBehind(job)).toMatch(/Do not use the target as it is: resume the job.*undo it/);
    }
  });
});

describe('progress in words', () => {
  test('says how far, how long, and what limits it', () => {
    expect([percentText(progress), timeLeftText(progress), limitText(progress)]).toEqual([
      '25 %',
      'about 8 s left',
      'Limited by reading the source',
    ]);
  });

  test('tells no end while it rests', () => {
    expect(timeLeftText({ ...progress, paused: true })).toBe('');
    expect(stateWords({ state: 'running', result: null, progress: { ...progress, paused: true } }).text).toBe('Paused');
  });

  test('leaves out what is not known', () => {
    const unknown = { ...progress, total: 0, bytesPerSecond: 0, paused: false, limit: null };
    expect([percentText(unknown), timeLeftText(unknown), limitText(unknown)]).toEqual(['0 %', '', '']);
  });
});

test('a duration is that of the record, or so far', () => {
  const { startedAt } = result;
  expect(durationText({ startedAt, result, state: 'done' }, 0)).toBe('2 s');
  expect(durationText({ startedAt, result: null, state: 'running' }, Date.parse(startedAt) + 5400)).toBe('5 s');
  expect(durationText({ startedAt, result: null, state: 'interrupted' }, 0)).toBe('');
});
