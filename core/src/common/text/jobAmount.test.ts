import { expect, test } from 'vitest';
import type { JobResult } from '../index';
import { amountText } from './jobAmount';

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

test('the amount says what was not verified', () => {
  expect(amountText(result)).toBe('2 MiB copied and verified, 1 MiB/s');
  expect(amountText({ ...result, bytesVerified: 0 })).toContain('nothing verified');
});

test('a job that copies nothing has done its steps', () => {
  expect(amountText({ ...result, bytesCopied: 0 })).toBe('all its steps were done');
});

test('a job that was broken off does not take what it finished for all that it wrote', () => {
  const failed = { ...result, state: 'failed', phase: 'content' } as const;
  expect(amountText(failed)).toBe('2 MiB copied in the steps that were finished');
  expect(amountText({ ...failed, bytesCopied: 0 })).toBe('no copying was finished');
  expect(amountText({ ...failed, phase: 'check', bytesCopied: 0 })).toBe('nothing was copied');
});
