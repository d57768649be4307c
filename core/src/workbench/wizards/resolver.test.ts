import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Resolver, type Resolution } from './resolver';

const answer = (preview: string): Resolution => ({
  errors: [],
  defaults: {},
  choices: {},
  warnings: [],
  preview,
  commandLine: null,
});

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('what is typed within the pause is asked once', async () => {
  const ask = vi.fn(() => Promise.resolve(answer('done')));
  const resolver = new Resolver(ask, () => undefined, 100);
  resolver.update({ source: 'a' });
  resolver.update({ source: 'ab' });
  await vi.advanceTimersByTimeAsync(100);
  expect(ask).toHaveBeenCalledOnce();
  expect(ask).toHaveBeenCalledWith({ source: 'ab' }, expect.anything());
  expect(resolver).toMatchObject({ pending: false, resolution: { preview: 'done' } });
});

test('an answer to an earlier input is dropped, and its question cancelled', async () => {
  const answers: ((value: Resolution) => void)[] = [];
  const signals: AbortSignal[] = [];
  const resolver = new Resolver(
    (_input, signal) => {
      signals.push(signal);
      return new Promise((resolve) => answers.push(resolve));
    },
    () => undefined,
    0,
  );
  resolver.update({ source: 'a' });
  await vi.advanceTimersByTimeAsync(0);
  resolver.update({ source: 'b' });
  await vi.advanceTimersByTimeAsync(0);
  answers[1]!(answer('second'));
  answers[0]!(answer('first'));
  await vi.advanceTimersByTimeAsync(0);
  expect(signals[0]!.aborted).toBe(true);
  expect(resolver.resolution?.preview).toBe('second');
});

test('a failure is told, and taken back by the next answer', async () => {
  const ask = vi.fn().mockRejectedValueOnce(new Error('no such device')).mockResolvedValue(answer('fine'));
  const resolver = new Resolver(ask, () => undefined, 0);
  resolver.update({});
  await vi.advanceTimersByTimeAsync(0);
  expect(resolver.failure).toMatchObject({ message: 'no such device' });
  resolver.update({});
  await vi.advanceTimersByTimeAsync(0);
  expect(resolver).toMatchObject({ failure: null, resolution: { preview: 'fine' } });
});
