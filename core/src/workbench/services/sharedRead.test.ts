import { CancelledError } from '@diskwright/sdk/errors';
import { expect, test } from 'vitest';
import { SharedRead } from './sharedRead';

function hanging(): { shared: SharedRead<string>; ended: () => boolean } {
  let signal: AbortSignal | null = null;
  const shared = new SharedRead<string>(
    (given) => {
      signal = given;
      return new Promise(() => undefined);
    },
    () => undefined,
  );
  return { shared, ended: () => signal!.aborted };
}

test('who cancels is let go at once, and the read goes on for the others', async () => {
  const { shared, ended } = hanging();
  const [one, other] = [new AbortController(), new AbortController()];
  const left = shared.join(one.signal);
  const last = shared.join(other.signal);
  one.abort();
  await expect(left).rejects.toThrow(CancelledError);
  expect(ended()).toBe(false);
  other.abort();
  await expect(last).rejects.toThrow(CancelledError);
  expect(ended()).toBe(true);
});

test('whoever cannot cancel is waited for', async () => {
  const { shared, ended } = hanging();
  void shared.join();
  const control = new AbortController();
  const left = shared.join(control.signal);
  control.abort();
  await expect(left).rejects.toThrow(CancelledError);
  expect(ended()).toBe(false);
});
