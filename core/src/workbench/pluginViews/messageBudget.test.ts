/** @module-tag alone */
import { expect, test } from 'vitest';
import { MessageBudget } from './messageBudget';

const takeMany = (budget: MessageBudget, count: number): number =>
  Array.from({ length: count }, () => budget.take()).filter(Boolean).length;

test('a burst is let through, and what comes after it is not', () => {
  const budget = new MessageBudget(() => 0);
  expect(takeMany(budget, 5000)).toBe(1000);
});

test('in the long run two hundred a second are let through', () => {
  let now = 0;
  const budget = new MessageBudget(() => now);
  takeMany(budget, 1000);
  let taken = 0;
  for (let second = 0; second < 10; second++) {
    now += 1000;
    taken += takeMany(budget, 200);
  }
  expect(taken).toBe(2000);
});
