import { expect, test } from 'vitest';
import { NewestOnly } from './newestOnly';

test('of what comes while a report is on its way, the newest follows, for each subject', async () => {
  const newest = new NewestOnly();
  const sent: string[] = [];
  let takeFirst = (): void => undefined;
  const taken = new Promise<void>((resolve) => (takeFirst = resolve));
  const report = (text: string) => async () => {
    sent.push(text);
    await taken;
  };
  for (const text of ['a1', 'a2', 'a3']) newest.send('a', report(text));
  newest.send('b', report('b1'));
  expect(sent).toEqual(['a1', 'b1']);
  takeFirst();
  await expect.poll(() => sent).toEqual(['a1', 'b1', 'a3']);
});

test('a report that fails does not hold up those after it', async () => {
  const newest = new NewestOnly();
  const sent: number[] = [];
  newest.send('a', () => Promise.reject(new Error('gone')));
  newest.send('a', async () => void sent.push(2));
  await expect.poll(() => sent).toEqual([2]);
  newest.send('a', async () => void sent.push(3));
  expect(sent).toEqual([2, 3]);
});
