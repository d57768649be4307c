import { expect, test } from 'vitest';
import type { JobProgress } from '../../common';
import { ProgressBar, progressLine } from './progressBar';
import { displayWidth } from '../../host/text/table';

const progress: JobProgress = {
  stage: 'content',
  text: 'partition 2 (ext4)',
  done: 30,
  total: 120,
  bytesPerSecond: 10,
  paused: false,
  limit: 'write',
};

/** What was written to something that is no terminal. */
function written(updates: JobProgress[], now: () => number): string {
  let text = '';
  const bar = new ProgressBar({ isTTY: false, write: (piece: string) => (text += piece) } as unknown as NodeJS.WriteStream, now);
  for (const update of updates) bar.update(update);
  return text;
}

test('a line tells share, what is done, speed, time left and what limits it', () => {
  expect(progressLine(progress, 120)).toMatch(
    /^█{7}░{21} {2}25 % {2}Copying partition 2 \(ext4\) {2}10 B\/s {2}9 s left {2}limited by write$/,
  );
});

test.each([0, 1, 10, 20, 40, 60, 79, 200])('a line fits into %i columns', (columns) => {
  expect(displayWidth(progressLine(progress, columns))).toBeLessThanOrEqual(columns);
});

test('where nothing is known of the amount, nothing is divided by it', () => {
  expect(progressLine({ ...progress, total: 0, done: 0 }, 80)).toContain('  0 %');
});

test('what is no terminal gets a line a stage, and one every half a minute', () => {
  let now = 0;
  const text = written([progress, progress], () => now) + written([progress, { ...progress, done: 60 }], () => (now += 20_000));
  expect(text.split('\n').filter(Boolean)).toEqual(['Copying partition 2 (ext4)', 'Copying partition 2 (ext4)']);
  now = 0;
  expect(written([progress, { ...progress, done: 60 }], () => (now += 31_000)).split('\n')).toHaveLength(3);
});
