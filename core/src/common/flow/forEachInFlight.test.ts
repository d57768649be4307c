import { expect, it } from 'vitest';
import { forEachInFlight } from './forEachInFlight';

it('works on so many items at once and no more, in order', async () => {
  const begun: number[] = [];
  let running = 0;
  let most = 0;
  await forEachInFlight([1, 2, 3, 4, 5, 6, 7], 3, async (item) => {
    begun.push(item);
    most = Math.max(most, ++running);
    await new Promise((resolve) => setImmediate(resolve));
    running--;
  });
  expect(begun).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect(most).toBe(3);
});

it('tells the first failure, and only after what was under way has ended', async () => {
  const ended: number[] = [];
  const work = forEachInFlight([1, 2, 3, 4, 5], 2, async (item) => {
    if (item === 1) throw new Error('first');
    await new Promise((resolve) => setImmediate(resolve));
    ended.push(item);
    if (item === 2) throw new Error('second');
  });
  await expect(work).rejects.toThrow('first');
  expect(ended).toEqual([2]);
});

it('closes what the items come from', async () => {
  let closed = false;
  async function* items(): AsyncGenerator<number> {
    try {
      for (let item = 0; ; item++) yield item;
    } finally {
      closed = true;
    }
  }
  const work = forEachInFlight(items(), 2, async (item) => {
    if (item === 3) throw new Error('enough');
  });
  await expect(work).rejects.toThrow('enough');
  expect(closed).toBe(true);
});
