import { CancelledError } from '@diskwright/sdk/errors';
import { expect, it } from 'vitest';
import { Turns } from './turns';

/** Work that ends when it is told to, and a list of what has begun. */
function setting(turns: Turns) {
  const begun: string[] = [];
  const end = new Map<string, () => void>();
  const run = (name: string, signal?: AbortSignal): Promise<void> =>
    turns.run(() => {
      begun.push(name);
      return new Promise<void>((resolve) => end.set(name, resolve));
    }, signal);
  return { begun, end, run };
}
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it('lets no more run than it has places, and the others in order', async () => {
  const { begun, end, run } = setting(new Turns(2));
  const all = Promise.all(['a', 'b', 'c', 'd'].map((name) => run(name)));
  await turn();
  expect(begun).toEqual(['a', 'b']);
  end.get('b')!();
  await turn();
  expect(begun).toEqual(['a', 'b', 'c']);
  end.get('a')!();
  await turn();
  end.get('c')!();
  end.get('d')!();
  await all;
});

it('does not run what was cancelled while it waited', async () => {
  const { begun, end, run } = setting(new Turns(1));
  const first = run('first');
  const controller = new AbortController();
  const cancelled = run('cancelled', controller.signal);
  const last = run('last');
  controller.abort();
  await expect(cancelled).rejects.toThrow(CancelledError);
  end.get('first')!();
  await first;
  await turn();
  end.get('last')!();
  await last;
  expect(begun).toEqual(['first', 'last']);
});

it('gives a place back when work fails', async () => {
  const turns = new Turns(1);
  await expect(turns.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await turns.run(async () => 'yes')).toBe('yes');
});
