/** Loss of power at each flush boundary and between: whatever the medium kept of what was not flushed, the job can be gone on with. */
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { afterPowerLoss, type Fate, type RecordedCall } from '../support/disturb/recording';
import { budget, type CampaignLine, generator, inTime, keepEvidence, sample, seed } from '../support/longRun';
import { requireTool } from '../support/tools';
import { makeUndoableClone, OPERATION_TOOLS, OPERATIONS } from './operations';
import { Rig } from './rig';

const LONG = { timeout: 4 * 3600_000 };

const evidence: CampaignLine[] = [];
afterAll(() => keepEvidence('power loss', evidence));

/** Just before each flush, and just after it. */
function boundaries(calls: readonly RecordedCall[]): number[] {
  return calls.flatMap(({ kind, started, ended }) => (kind === 'sync' ? [started, ended + 1] : []));
}

function lastTick(calls: readonly RecordedCall[]): number {
  return Math.max(...calls.map(({ ended }) => ended)) + 1;
}

const randomFate = (random: () => number) => (): Fate => (['kept', 'lost', 'torn'] as const)[Math.floor(random() * 3)]!;

const seedsFrom = (first: number, count: number): number[] => Array.from({ length: count }, (_, index) => first + index);

describe.each(Object.entries(OPERATIONS))('%s', (name, maker) => {
  let rig: Rig;
  beforeAll(async () => {
    requireTool(...OPERATION_TOOLS);
    rig = await Rig.make(maker);
    return () => rig.dispose();
  });

  test('is gone on with after a loss of power', LONG, async () => {
    const before = await rig.record('begin');
    const { calls } = before;
    const random = generator(seed);
    const end = lastTick(calls);

    // What was recorded is all that was done: with nothing lost, the target is whole.
    await rig.putBack(afterPowerLoss(before.files, calls, end, () => 'kept', random));
    await rig.expectTarget('the recording');

    let cases = 0;
    const lose = async (tick: number, fate: () => Fate, cut: string): Promise<void> => {
      cases++;
      await rig.putBack(afterPowerLoss(before.files, calls, tick, fate, random));
      await rig.expectNeverLooksWhole(cut);
      // Once the process has told that the job is done, it is.
      if (tick === end) expect((await rig.state())?.state, cut).toBe('done');
      if ((await rig.state())?.state === 'done') await rig.expectTarget(cut);
      await rig.expectWhole(await rig.resume(), cut);
    };

    const flushes = boundaries(calls);
    for (const tick of inTime(sample(flushes, 3, random))) {
      await lose(tick, () => 'kept', `all kept at ${tick}`);
      await lose(tick, () => 'lost', `nothing kept at ${tick}`);
    }
    await lose(end, () => 'lost', 'nothing kept at the end');
    evidence.push({
      operation: name,
      cuts: `power lost before and after each of ${flushes.length / 2} flushes: all and none of the unflushed writes kept`,
      cases,
      of: 2 * flushes.length + 1,
      outcome: 'resumed: identical target and result; done is done',
    });

    cases = 0;
    for (const one of inTime(seedsFrom(seed, budget(3, 1000)))) {
      const own = generator(one);
      const tick = own() < 0.5 ? flushes[Math.floor(own() * flushes.length)]! : 1 + Math.floor(own() * end);
      await lose(tick, randomFate(own), `seed ${one}, lost at ${tick}`);
    }
    await rig.operation.judge(rig.target);
    evidence.push({
      operation: name,
      cuts: `power lost at random, and at flushes, with random subsets of the unflushed writes, torn sectors (seeds ${seed} and up)`,
      cases,
      of: 1000,
      outcome: 'resumed: identical target and result; done is done',
    });
  });

  test('is gone on with after two losses of power, one in the resume', LONG, async () => {
    const first = await rig.record('begin');
    let cases = 0;
    // Of each resume, which takes a process of its own, many cuts.
    for (const one of inTime(seedsFrom(seed + 100_000, budget(2, 100)))) {
      const own = generator(one);
      const tick = Math.floor(own() * lastTick(first.calls));
      await rig.putBack(afterPowerLoss(first.files, first.calls, tick, randomFate(own), own));
      if ((await rig.state())?.state === 'done') continue;
      const second = await rig.record('resume');
      for (let again = 0; again < budget(1, 12); again++) {
        const secondTick = Math.floor(own() * (lastTick(second.calls) + 1));
        await rig.putBack(afterPowerLoss(second.files, second.calls, secondTick, randomFate(own), own));
        const cut = `seed ${one}, lost at ${tick}, and resumed for the ${again + 1}th time at ${secondTick}`;
        await rig.expectNeverLooksWhole(cut);
        await rig.expectWhole(await rig.resume(), cut);
        cases++;
      }
    }
    evidence.push({
      operation: `resume of: ${name}`,
      cuts: 'power lost at random, and again at random in the resume, random subsets and torn sectors each time',
      cases,
      of: 1200,
      outcome: 'resumed again: identical target and result',
    });
  });
});

test('what a clone has done when the power fails can be undone', LONG, async () => {
  requireTool(...OPERATION_TOOLS);
  const rig = await Rig.make(makeUndoableClone);
  onTestFinished(() => rig.dispose());
  const { files, calls } = await rig.record('begin');
  let [cases, undone] = [0, 0];
  for (const one of inTime(seedsFrom(seed + 200_000, budget(3, 1000)))) {
    const own = generator(one);
    const tick = 1 + Math.floor(own() * lastTick(calls));
    await rig.putBack(afterPowerLoss(files, calls, tick, randomFate(own), own));
    if (await rig.undo()) undone++;
    await rig.expectBefore(`seed ${one}, lost at ${tick}, and undone`);
    cases++;
  }
  evidence.push({
    operation: 'undo of a clone that was cut',
    cuts: `power lost at random with random subsets of the unflushed writes, torn sectors (seeds ${seed + 200_000} and up)`,
    cases,
    of: 1000,
    outcome: `exactly the bytes of before: ${undone} undone, the others had written nothing`,
  });
});
