import { expect, test } from 'vitest';
import { SharedTask, type SharedTaskOptions } from './sharedTask';

/** Work that goes on until it is told to end, or cancelled. */
function endless(options: SharedTaskOptions = {}) {
  let finish = (_value: string): void => undefined;
  let cancelled = false;
  const task = new SharedTask((signal) => {
    signal.addEventListener('abort', () => (cancelled = true));
    return new Promise<string>((resolve) => (finish = resolve));
  }, options);
  return { task, finish: (value: string) => finish(value), cancelled: () => cancelled };
}

test('all who wait get the outcome', async () => {
  const { task, finish } = endless();
  const waiting = [task.wait(), task.waitBriefly(10_000)];
  finish('done');
  expect(await Promise.all(waiting)).toEqual(['done', 'done']);
  expect(await task.wait()).toBe('done');
  expect(task.abandoned).toBe(false);
});

test('whoever leaves is answered at once, and the work goes on for the others', async () => {
  const { task, finish, cancelled } = endless();
  const leaving = new AbortController();
  const left = task.wait(leaving.signal);
  const staying = task.wait();
  leaving.abort();
  await expect(left).rejects.toMatchObject({ code: 'Cancelled' });
  expect(cancelled()).toBe(false);
  finish('done');
  expect(await staying).toBe('done');
});

test('it is cancelled with the last one who leaves', async () => {
  const { task, cancelled } = endless();
  await expect(task.wait(AbortSignal.abort())).rejects.toMatchObject({ code: 'Cancelled' });
  expect(cancelled()).toBe(true);
  expect(task.abandoned).toBe(true);
});

test('when it takes too long it goes on for a while, for whoever asks again', async () => {
  const { task, finish, cancelled } = endless({ graceMilliseconds: 10_000 });
  expect(await task.waitBriefly(1)).toBeNull();
  expect(cancelled()).toBe(false);
  finish('done');
  expect(await task.waitBriefly(10_000)).toBe('done');
});

test('when nobody asks again it is cancelled, and said to be unused', async () => {
  const unused = new Promise<void>((resolve) => {
    void endless({ graceMilliseconds: 1, onUnused: resolve }).task.waitBriefly(1);
  });
  await expect(unused).resolves.toBeUndefined();
});
