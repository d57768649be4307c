import { expect, it } from 'vitest';
import { RequestWatch } from './requestWatch';

const MIB = 1024 * 1024;

/** A watch with a clock of its own. */
function setting() {
  const clock = { now: 0 };
  const watch = new RequestWatch(() => clock.now);
  const request = async (offset: number, seconds: number): Promise<void> => {
    await watch.time('disk', offset, MIB, async () => void (clock.now += seconds));
    await Promise.resolve();
  };
  return { clock, watch, request };
}

it('tells what took longer than a second and ten times the median, near places together', async () => {
  const { watch, request } = setting();
  for (let index = 0; index < 10; index++) await request(index * MIB, 0.01);
  await request(100 * MIB, 3);
  await request(110 * MIB, 2);
  await request(200 * MIB, 0.9);
  await request(300 * MIB, 1.5);
  expect(watch.slow()).toEqual([
    { device: 'disk', offset: 100 * MIB, length: 11 * MIB, requests: 2, longestSeconds: 3 },
    { device: 'disk', offset: 300 * MIB, length: MIB, requests: 1, longestSeconds: 1.5 },
  ]);
});

it('calls nothing slow on a device that always takes its time', async () => {
  const { watch, request } = setting();
  await request(0, 0.5);
  for (let index = 1; index < 10; index++) await request(index * MIB, 2);
  expect(watch.slow()).toEqual([]);
});

it('tells what hangs until it comes back', async () => {
  const { clock, watch } = setting();
  let answer!: () => void;
  const asked = watch.time('disk', 4096, 512, () => new Promise<void>((resolve) => (answer = resolve)));
  clock.now = 1;
  expect(watch.stuck()).toEqual([]);
  clock.now = 5;
  expect(watch.stuck()).toEqual([{ device: 'disk', offset: 4096, seconds: 5 }]);
  answer();
  await asked;
  expect(watch.stuck()).toEqual([]);
});
