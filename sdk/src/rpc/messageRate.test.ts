import { expect, test } from 'vitest';
import { MessageRate } from './messageRate';

const taken = (rate: MessageRate, times: number): number => {
  let count = 0;
  for (let index = 0; index < times; index++) if (rate.take()) count++;
  return count;
};

test('four times the rate may come at once, and the rate in the long run', () => {
  let now = 0;
  const rate = new MessageRate(10, () => now);
  expect(taken(rate, 100)).toBe(40);
  now = 2000;
  expect(taken(rate, 100)).toBe(20);
  expect(rate.total).toBe(200);
});

test('an answer that is awaited costs nothing', () => {
  const rate = new MessageRate(1, () => 0);
  expect(taken(rate, 10)).toBe(4);
  rate.expect();
  expect(taken(rate, 10)).toBe(1);
});

test('without a limit everything may come', () => {
  expect(taken(new MessageRate(Infinity, () => 0), 1000)).toBe(1000);
});
