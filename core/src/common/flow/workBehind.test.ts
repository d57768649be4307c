import { describe, expect, it } from 'vitest';
import { abortable } from './abortable';
import { withWorkBehind } from './workBehind';

/** A promise and what settles it. */
function pending(): { promise: Promise<void>; resolve: () => void; reject: (error: Error) => void } {
  let [resolve, reject] = [(): void => undefined, (_: Error): void => undefined];
  const promise = new Promise<void>((yes, no) => ([resolve, reject] = [yes, no]));
  return { promise, resolve, reject };
}

describe('work behind', () => {
  it('goes on beside what is ahead, one piece after the other, and is waited for', async () => {
    const told: string[] = [];
    const [first, second] = [pending(), pending()];
    const whole = withWorkBehind(undefined, async (behind) => {
      await behind.leave(() => first.promise.then(() => void told.push('first')));
      told.push('ahead');
      const left = behind.leave(() => second.promise.then(() => void told.push('second')));
      first.resolve();
      await left;
      told.push('end');
      second.resolve();
    });
    await whole;
    expect(told).toEqual(['ahead', 'first', 'end', 'second']);
  });

  it('cancels what is ahead when it fails, and is what is told', async () => {
    const work = pending();
    const whole = withWorkBehind(undefined, async (behind) => {
      await behind.leave(() => work.promise);
      await abortable(new Promise(() => undefined), behind.signal);
    });
    work.reject(new Error('behind'));
    await expect(whole).rejects.toThrow('behind');
  });

  it('is waited for when what is ahead fails', async () => {
    const work = pending();
    let ended = false;
    const whole = withWorkBehind(undefined, async (behind) => {
      await behind.leave(() => work.promise.then(() => void (ended = true)));
      queueMicrotask(work.resolve);
      throw new Error('ahead');
    });
    await expect(whole).rejects.toThrow('ahead');
    expect(ended).toBe(true);
  });

  it('is cancelled with the given signal', async () => {
    const controller = new AbortController();
    const whole = withWorkBehind(controller.signal, ({ signal }) => abortable(new Promise(() => undefined), signal));
    controller.abort();
    await expect(whole).rejects.toMatchObject({ code: 'Cancelled' });
  });
});
