import { expect, test } from 'vitest';
import { JobHistory } from './jobHistory';
import type { CopiedPart, JournalRecord } from '../../common/journal/journalRecord';

const started: JournalRecord = { type: 'started', plan: 'p', at: '2026-01-01T00:00:00.000Z', partBytes: 1048576, devices: [] };
const saved: JournalRecord = { type: 'saved', index: 'i', bytes: 0 };
const begun = (phase: 'check' | 'invalidate' | 'content' | 'commit'): JournalRecord => ({ type: 'phaseBegun', phase });
const ended = (phase: 'check' | 'invalidate' | 'content' | 'commit'): JournalRecord => ({ type: 'phaseEnded', phase });
const part = (done: number): CopiedPart => ({
  done,
  chunkBytes: 1048576,
  hashes: { position: 0, length: 16 },
  blake3: '',
  holes: [],
});

test('a job that never began has done nothing', () => {
  const history = new JobHistory([]);
  expect(history).toMatchObject({ plan: null, startedAt: null, isSaved: false, phase: 'check' });
  expect(history.hasEndedStep('check', 0)).toBe(false);
});

test('a phase that was begun vouches for none of its steps', () => {
  const history = new JobHistory([started, begun('check'), ended('check'), saved, begun('invalidate')]);
  expect(history.phase).toBe('invalidate');
  expect(history.hasEnded('check')).toBe(true);
  expect(history.hasEndedStep('invalidate', 1)).toBe(false);
});

test('a checkpoint vouches for the steps before its own, and for its parts', () => {
  const records: JournalRecord[] = [started, saved, begun('content'), { type: 'checkpoint', step: 5, part: part(100) }];
  const history = new JobHistory([...records, { type: 'resumed', at: '' }, { type: 'checkpoint', step: 5, part: part(200) }]);
  expect(history.hasEndedStep('content', 4)).toBe(true);
  expect(history.hasEndedStep('content', 5)).toBe(false);
  expect(history.partsOf(5).map(({ done }) => done)).toEqual([100, 200]);
  expect(history.partsOf(4)).toEqual([]);
});

test('an ended step is ended, the next one is not', () => {
  const history = new JobHistory([started, saved, begun('commit'), { type: 'stepEnded', step: 7 }]);
  expect(history.hasEndedStep('commit', 7)).toBe(true);
  expect(history.hasEndedStep('commit', 8)).toBe(false);
});
