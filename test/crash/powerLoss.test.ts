/** Loss of power at each flush boundary and between: whatever the medium kept of what was not flushed, the job can be gone on with. */
import { afterAll, describe, expect, test } from 'vitest';
import { JobProcesses } from '../support/disturb/jobProcesses';
import { afterPowerLoss, type Fate, type RecordedCall } from '../support/disturb/recording';
import { budget, type CampaignLine, generator, keepEvidence, sample, seed } from '../support/longRun';
import { requireTool } from '../support/tools';
import { OPERATION_TOOLS, OPERATIONS } from './operations';
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

describe.each(Object.entries(OPERATIONS))('%s', (name, maker) => {
  requireTool(...OPERATION_TOOLS);

  test('is gone on with after a loss of power', LONG, async () => {
    const rig = await Rig.make(maker, await JobProcesses.build());
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
      await rig.expectHidden(cut);
      // Once the process has told that the job is done, it is.
      if (tick === end) expect((await rig.state())?.state, cut).toBe('done');
      if ((await rig.state())?.state === 'done') await rig.expectTarget(cut);
      await rig.expectWhole(await rig.resume(), cut);
    };

    const flushes = boundaries(calls);
    for (const tick of sample(flushes, 4, random)) {
      await lose(tick, () => 'kept', `all kept at ${tick}`);
      await lose(tick, () => 'lost', `nothing kept at ${tick}`);
    }
    await lose(end, () => 'lost', 'nothing kept at the end');
    evidence.push({
      operation: name,
      cuts: `power lost before and after each of ${flushes.length / 2} flushes: all and none of the unflushed writes kept`,
      cases,
      outcome: 'resumed: identical target and result; done is done',
    });

    cases = 0;
    const seeds = budget(6, 1000);
    for (let index = 0; index < seeds; index++) {
      const own = generator(seed + index);
      const tick = own() < 0.5 ? flushes[Math.floor(own() * flushes.length)]! : 1 + Math.floor(own() * end);
      const fate = (): Fate => (['kept', 'lost', 'torn'] as const)[Math.floor(own() * 3)]!;
      await lose(tick, fate, `seed ${seed + index}, lost at ${tick}`);
    }
    await rig.operation.judge(rig.target);
    evidence.push({
      operation: name,
      cuts: `power lost at random, and at flushes, with random subsets of the unflushed writes, torn sectors (seeds ${seed} and up)`,
      cases,
      outcome: 'resumed: identical target and result; done is done',
    });
  });

  test('is gone on with after two losses of power, one in the resume', LONG, async () => {
    const rig = await Rig.make(maker, await JobProcesses.build());
    const first = await rig.record('begin');
    let cases = 0;
    for (let index = 0; index < budget(2, 100); index++) {
      const own = generator(seed + 100_000 + index);
      const fate = (): Fate => (['kept', 'lost', 'torn'] as const)[Math.floor(own() * 3)]!;
      const tick = Math.floor(own() * lastTick(first.calls));
      await rig.putBack(afterPowerLoss(first.files, first.calls, tick, fate, own));
      if ((await rig.state())?.state === 'done') continue;
      const second = await rig.record('resume');
      const secondTick = Math.floor(own() * lastTick(second.calls));
      await rig.putBack(afterPowerLoss(second.files, second.calls, secondTick, fate, own));
      const cut = `seed ${seed + 100_000 + index}, lost at ${tick}, and resumed at ${secondTick}`;
      await rig.expectHidden(cut);
      await rig.expectWhole(await rig.resume(), cut);
      cases++;
    }
    evidence.push({
      operation: `resume of: ${name}`,
      cuts: 'power lost at random, and again at random in the resume, random subsets and torn sectors each time',
      cases,
      outcome: 'resumed again: identical target and result',
    });
  });
});
