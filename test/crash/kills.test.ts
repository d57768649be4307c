/** Jobs whose process is killed at each ordinal of what it writes: resumed, they end as if nothing had happened. */
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { generator, inTime, keepEvidence, sample, seed, type CampaignLine } from '../support/longRun';
import { requireTool } from '../support/tools';
import { makeLargeMove, OPERATION_TOOLS, OPERATIONS } from './operations';
import { Rig } from './rig';

const HOWS = ['before', 'torn', 'after'] as const;
const LONG = { timeout: 4 * 3600_000 };

interface Cut {
  at: number;
  how: (typeof HOWS)[number];
}

function cutsOf(calls: number): Cut[] {
  return Array.from({ length: calls }, (_, index) => HOWS.map((how) => ({ at: index + 1, how }))).flat();
}

const words = ({ at, how }: Cut): string => `killed ${how} call ${at}`;
const evidence: CampaignLine[] = [];
afterAll(() => keepEvidence('kills', evidence));

describe.each(Object.entries(OPERATIONS))('%s', (name, maker) => {
  let rig: Rig;
  beforeAll(async () => {
    requireTool(...OPERATION_TOOLS);
    rig = await Rig.make(maker);
    return () => rig.dispose();
  });

  test('killed at any write, flush, rename, truncation or discard, and resumed', LONG, async () => {
    await rig.layOut();
    const { calls } = await rig.run('begin', {});
    const cuts = cutsOf(calls);
    let [ends, cases] = [0, 0];
    for (const cut of inTime(sample(cuts, 6, generator(seed)))) {
      cases++;
      await rig.layOut();
      const killed = await rig.run('begin', cut);
      if (killed.signal === 'SIGKILL') ends++;
      else await rig.expectWhole(killed.outcome, words(cut));
      await rig.expectNeverLooksWhole(words(cut));
      await rig.expectWhole(await rig.resume(), words(cut));
    }
    // How many calls there are may differ a little from run to run: the last ones may not come.
    expect(ends).toBeGreaterThanOrEqual(Math.min(cases - 1, cases * 0.95));
    await rig.operation.judge(rig.target);
    evidence.push({
      operation: name,
      cuts: `SIGKILL before, in the middle of and after each of ${calls} writes, flushes, renames, truncations and discards`,
      cases,
      of: cuts.length,
      outcome: 'resumed: identical target and result; not resumed: does not look whole',
    });
  });

  test('killed, and killed again at any ordinal of the resume', LONG, async () => {
    const random = generator(seed + 1);
    await rig.layOut();
    const { calls } = await rig.run('begin', {});
    let [cases, all] = [0, 0];
    // Spread over the whole job, for each of them all of the resume.
    for (const part of sample([0.3, 0.6, 0.8, 0.95], 1, random)) {
      const first: Cut = { at: Math.round(calls * part), how: 'after' };
      await rig.layOut();
      await rig.run('begin', first);
      const files = await rig.files();
      const cuts = cutsOf((await rig.run('resume', {})).calls);
      all += cuts.length;
      for (const second of inTime(sample(cuts, 2, random))) {
        await rig.putBack(files);
        const cut = `${words(first)}, resumed, ${words(second)}`;
        const { signal, outcome } = await rig.run('resume', second);
        if (signal !== 'SIGKILL') await rig.expectWhole(outcome, cut);
        await rig.expectNeverLooksWhole(cut);
        await rig.expectWhole(await rig.resume(), cut);
        cases++;
      }
    }
    evidence.push({
      operation: `resume of: ${name}`,
      cuts: 'SIGKILL as above, at each ordinal of the resume of a job that was killed before, at 4 places',
      cases,
      of: all,
      outcome: 'resumed again: identical target and result',
    });
  });
});

test('a partition of more than 128 MiB, killed anywhere in its move to the left', LONG, async () => {
  requireTool(...OPERATION_TOOLS);
  const rig = await Rig.make(makeLargeMove);
  onTestFinished(() => rig.dispose());
  await rig.layOut();
  const cuts = cutsOf((await rig.run('begin', {})).calls);
  let cases = 0;
  for (const cut of inTime(sample(cuts, 1, generator(seed + 2)).slice(0, 100))) {
    await rig.layOut();
    const killed = await rig.run('begin', cut);
    if (killed.signal !== 'SIGKILL') await rig.expectWhole(killed.outcome, words(cut));
    await rig.expectNeverLooksWhole(words(cut));
    await rig.expectWhole(await rig.resume(), words(cut));
    cases++;
  }
  await rig.operation.judge(rig.target);
  evidence.push({
    operation: 'a partition of 280 MiB, half of it files, moved to the left by 16 MiB and grown',
    cuts: `SIGKILL as above, at ordinals of ${cuts.length / HOWS.length} calls`,
    cases,
    of: 100,
    outcome: 'resumed: identical target and result; not resumed: does not look whole',
  });
});
