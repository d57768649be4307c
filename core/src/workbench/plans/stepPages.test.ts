import { expect, test, vi } from 'vitest';
import type { Step } from '@diskwright/sdk/protocol';
import { StepPages } from './stepPages';

const step = (index: number): Step => ({
  kind: 'verify',
  phase: 'content',
  structure: `step ${index}`,
  reason: '',
  device: 'target',
});
const fetchSteps = (from: number, count: number): Promise<Step[]> =>
  Promise.resolve(Array.from({ length: count }, (_, index) => step(from + index)));

test('a page is fetched once, when one of its steps is looked at', async () => {
  const fetch = vi.fn(fetchSteps);
  const arrived = vi.fn();
  const pages = new StepPages(fetch, arrived);
  expect(pages.peek(300)).toBeUndefined();
  expect(pages.peek(301)).toBeUndefined();
  await vi.waitFor(() => expect(arrived).toHaveBeenCalled());
  expect(pages.peek(300)).toEqual(step(300));
  expect(fetch.mock.calls).toEqual([[256, 256]]);
});

test('what could not be had is told, and asked for again', async () => {
  const fetch = vi.fn(fetchSteps).mockRejectedValueOnce(new Error('removed'));
  const arrived = vi.fn();
  const pages = new StepPages(fetch, arrived);
  pages.peek(0);
  await vi.waitFor(() => expect(arrived).toHaveBeenCalledWith(expect.objectContaining({ message: 'removed' })));
  expect(await pages.get(0)).toEqual(step(0));
});
