import { expect, test } from 'vitest';
import { RateHistory, scaleTop } from './rateHistory';

test('the oldest rates are forgotten', () => {
  const history = new RateHistory(2);
  expect(history.summary()).toBeNull();
  for (const rate of [100, 20, 40]) history.add(rate);
  expect(history.rates).toEqual([20, 40]);
  expect(history.summary()).toEqual({ lowest: 20, highest: 40, average: 30 });
});

test.each([
  [0, 1],
  [3, 5],
  [1500, 2 * 1024],
  [130 * 1024 * 1024, 200 * 1024 * 1024],
  [900 * 1024 * 1024, 1024 * 1024 * 1024],
])('the scale for %d ends at %d', (highest, top) => {
  expect(scaleTop(highest)).toBe(top);
});
