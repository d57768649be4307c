import { expect, test } from 'vitest';
import type { Phase } from '@diskwright/sdk/protocol';
import { phaseStarts } from './phaseStarts';

async function startsOf(phases: Phase[]) {
  let asked = 0;
  const starts = await phaseStarts(phases.length, (index) => {
    asked++;
    return Promise.resolve(phases[index]!);
  });
  return { starts, asked };
}

test('each phase begins where its first step is; phases without steps are left out', async () => {
  const { starts } = await startsOf(['check', 'check', 'content', 'commit', 'commit', 'commit']);
  expect(starts).toEqual([
    { phase: 'check', index: 0 },
    { phase: 'content', index: 2 },
    { phase: 'commit', index: 3 },
  ]);
});

test('a plan without steps has no phases', async () => {
  expect((await startsOf([])).starts).toEqual([]);
});

test('of the longest plan few steps are asked for', async () => {
  const phases = [...Array<Phase>(40_000).fill('invalidate'), ...Array<Phase>(25_536).fill('content')];
  const { starts, asked } = await startsOf(phases);
  expect(starts.map(({ index }) => index)).toEqual([0, 40_000]);
  expect(asked).toBeLessThan(50);
});

test('phases out of order, as of a plan that will be refused, come to an end', async () => {
  const { starts } = await startsOf(['commit', 'check', 'content']);
  expect(starts[0]).toEqual({ phase: 'commit', index: 0 });
});
