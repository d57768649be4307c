import { expect, it, onTestFinished } from 'vitest';
import { abortable } from './abortable';

/** Rejections that nobody took while the test ran. */
function unobserved(): unknown[] {
  const reasons: unknown[] = [];
  const note = (reason: unknown): void => void reasons.push(reason);
  process.on('unhandledRejection', note);
  onTestFinished(() => void process.off('unhandledRejection', note));
  return reasons;
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it('answers what the promise does when nobody aborts', async () => {
  const { signal } = new AbortController();
  await expect(abortable(Promise.resolve(7), signal)).resolves.toBe(7);
  await expect(abortable(Promise.reject(new Error('bad')), signal)).rejects.toThrow('bad');
  await expect(abortable(Promise.resolve(7), undefined)).resolves.toBe(7);
});

it('is cancelled while the promise still waits', async () => {
  const abort = new AbortController();
  const waiting = abortable(new Promise(() => undefined), abort.signal);
  abort.abort();
  await expect(waiting).rejects.toMatchObject({ code: 'Cancelled' });
});

it.each(['before', 'meanwhile'])('takes a failure that comes after the abort, which came %s', async (when) => {
  const reasons = unobserved();
  const abort = new AbortController();
  if (when === 'before') abort.abort();
  let fail!: (error: Error) => void;
  const waiting = abortable(new Promise((_, reject) => (fail = reject)), abort.signal);
  abort.abort();
  await expect(waiting).rejects.toMatchObject({ code: 'Cancelled' });
  fail(new Error('too late'));
  await turn();
  expect(reasons).toEqual([]);
});

it('leaves no listener behind', async () => {
  const { signal } = new AbortController();
  let listeners = 0;
  const counted = Object.assign(Object.create(signal) as AbortSignal, {
    addEventListener: () => void listeners++,
    removeEventListener: () => void listeners--,
  });
  Object.defineProperty(counted, 'aborted', { value: false });
  await abortable(Promise.resolve(), counted);
  await turn();
  expect(listeners).toBe(0);
});
