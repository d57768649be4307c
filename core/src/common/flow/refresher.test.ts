import { expect, test } from 'vitest';
import { Refresher } from './refresher';

/** A state, and looks at it that end when they are let go. */
function slowLooks() {
  const looks: (() => void)[] = [];
  const world = { now: 'before', seen: '', looks };
  const refresher = new Refresher(async () => {
    const { now } = world;
    await new Promise<void>((resolve) => looks.push(resolve));
    world.seen = now;
  });
  return { world, refresher };
}

test('who asks while it looks sees what has changed since that look began', async () => {
  const { world, refresher } = slowLooks();
  const first = refresher.refresh();
  world.now = 'after';
  const second = refresher.refresh();
  world.looks[0]!();
  await first;
  expect(world.seen).toBe('before');
  await expect.poll(() => world.looks.length).toBe(2);
  world.looks[1]!();
  await second;
  expect(world.seen).toBe('after');
});

test('however many ask meanwhile, it looks once more', async () => {
  const { world, refresher } = slowLooks();
  const asked = [refresher.refresh(), refresher.refresh(), refresher.refresh()];
  world.looks[0]!();
  await expect.poll(() => world.looks.length).toBe(2);
  world.looks[1]!();
  await Promise.all(asked);
  expect(world.looks).toHaveLength(2);
});

test('a look that fails fails for those who waited for it alone', async () => {
  let looks = 0;
  const refresher = new Refresher(async () => {
    if (++looks === 1) throw new Error('not now');
  });
  const [first, second] = [refresher.refresh(), refresher.refresh()];
  await expect(first).rejects.toThrow('not now');
  await second;
});
