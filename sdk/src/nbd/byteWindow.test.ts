import { expect, test } from 'vitest';
import { ByteWindow } from './byteWindow';

function started(window: ByteWindow, costs: number[]): { log: number[]; cancel: (() => void)[] } {
  const log: number[] = [];
  return { log, cancel: costs.map((cost) => window.acquire(cost, () => log.push(cost))) };
}

test('starts in order while there is room', () => {
  const window = new ByteWindow(10);
  const { log } = started(window, [4, 6, 5, 1]);
  expect(log).toEqual([4, 6]);
  window.release(6);
  expect(log).toEqual([4, 6, 5, 1]);
});

test('one that is larger than the window passes alone', () => {
  const window = new ByteWindow(10);
  const { log } = started(window, [100, 1]);
  expect(log).toEqual([100]);
  window.release(100);
  expect(log).toEqual([100, 1]);
});

test('who gives up waiting lets the next one in', () => {
  const window = new ByteWindow(10);
  const { log, cancel } = started(window, [4, 10, 5]);
  cancel[1]!();
  expect(log).toEqual([4, 5]);
});

test('twenty thousand that end at once do not grow the stack', () => {
  const window = new ByteWindow(1);
  let count = 0;
  window.acquire(1, () => undefined);
  for (let index = 0; index < 20_000; index++) {
    window.acquire(1, () => {
      count++;
      window.release(1);
    });
  }
  window.release(1);
  expect(count).toBe(20_000);
});
