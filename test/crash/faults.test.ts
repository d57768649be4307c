/** The Nth read, write, flush or allocation of a job fails, or there is no room for it: a clear end, and one can go on from there. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { constants } from 'node:os';
import { join } from 'node:path';
import type { CallLetters } from '../support/disturb/disturb';
import type { EndedProcess } from '../support/disturb/jobProcesses';
import { type CampaignLine, generator, inTime, keepEvidence, sample, seed } from '../support/longRun';
import { requireTool } from '../support/tools';
import { OPERATION_TOOLS, OPERATIONS } from './operations';
import { Rig } from './rig';

const LONG = { timeout: 4 * 3600_000 };
const { EIO, ENOSPC, ENOMEM } = constants.errno;

interface Fault {
  what: string;
  calls: CallLetters;
  paths(rig: Rig): string[];
  /** See disturb.c. */
  how: string;
}

const target = (rig: Rig): string[] => [rig.target];
const read = (rig: Rig): string[] => (rig.operation.images.has('source') ? [rig.path('source')] : [rig.target]);
const journal = (rig: Rig): string[] => ['journal', 'hashes', 'state.json.new'].map((name) => join(rig.jobFolder, name));
const preImages = (rig: Rig): string[] =>
  ['preimages-0-0', 'preimages.index.new', 'preimages.index'].map((name) => join(rig.jobFolder, name));

const FAULTS: readonly Fault[] = [
  { what: 'one read of the source fails (EIO)', calls: 'r', paths: read, how: `${EIO}` },
  { what: 'from one on, reads of the source fail (EIO)', calls: 'r', paths: read, how: `${EIO}+` },
  { what: 'one write or discard of the target fails (EIO)', calls: 'wz', paths: target, how: `${EIO}` },
  { what: 'from one on, writes of the target fail (EIO)', calls: 'wz', paths: target, how: `${EIO}+` },
  {
    what: 'from one on, there is no room on the target (ENOSPC), one being written in part',
    calls: 'wz',
    paths: target,
    how: `-${ENOSPC}+`,
  },
  { what: 'one flush of the target fails (EIO)', calls: 's', paths: target, how: `${EIO}` },
  { what: 'one flush of the journal fails (EIO)', calls: 's', paths: journal, how: `${EIO}` },
  {
    what: 'from one on, there is no room for the journal (ENOSPC), a record being written in part',
    calls: 'wc',
    paths: journal,
    how: `-${ENOSPC}+`,
  },
  { what: 'from one on, there is no room for the pre-images (ENOSPC)', calls: 'wcn', paths: preImages, how: `-${ENOSPC}+` },
  { what: 'one large allocation fails (ENOMEM)', calls: 'a', paths: (rig) => rig.written, how: `${ENOMEM}` },
  { what: 'from one on, large allocations fail (ENOMEM)', calls: 'a', paths: (rig) => rig.written, how: `${ENOMEM}+` },
  { what: 'one allocation of the native engine fails (ENOMEM)', calls: 'm', paths: (rig) => rig.written, how: `${ENOMEM}` },
];

const evidence: CampaignLine[] = [];
afterAll(() => keepEvidence('faults', evidence));

/** The job has failed and says what and where; or, if it could get over it, it is whole; or memory was needed to go on at all. */
async function expectClearEnd(rig: Rig, { outcome, signal, stderr }: EndedProcess, fault: Fault, cut: string): Promise<string> {
  await rig.expectSources(cut);
  if (!outcome) {
    expect(fault.calls, `${cut}: ended by ${signal}: ${stderr}`).toMatch(/^[am]$/);
    return 'process ended';
  }
  if ('refused' in outcome) {
    expect(outcome.refused, cut).toMatch(/\.img|\/jobs\/job|memory/);
    return 'not begun';
  }
  const { result } = outcome;
  if (result.exitStatus === 4) {
    await rig.expectTarget(cut, result.holes);
    return 'done with holes';
  }
  if (result.state === 'done') {
    await rig.expectTarget(cut);
    return 'done all the same';
  }
  expect(result, cut).toMatchObject({ state: 'failed', exitStatus: 1 });
  // node-addon-api itself says only `bad_alloc`.
  expect(result.message, cut).toMatch(/\.img|\/jobs\/job|memory|bad_alloc/);
  // Where there is no room for it, it cannot be told in the folder.
  if (!fault.how.includes(`${ENOSPC}`) && fault.paths !== journal) expect((await rig.state())?.state, cut).toBe('failed');
  return 'failed';
}

/** Whole, or done with the holes that it names: what could not be read when it was copied is not read again. */
async function expectGoesOn(rig: Rig, cut: string): Promise<void> {
  const outcome = await rig.resume();
  if (!('result' in outcome) || outcome.result.exitStatus !== 4) return rig.expectWhole(outcome, cut);
  expect(outcome.result.holeCount, cut).toBeGreaterThan(0);
  await rig.expectTarget(cut, outcome.result.holes);
  await rig.expectSources(cut);
}

/** How many flushes of the target there are up to the one behind its last write. None of them may fail unnoticed. */
async function neededFlushes(rig: Rig): Promise<number> {
  const { calls } = await rig.record('begin');
  const own = calls.filter(({ path }) => path === rig.target);
  const last = own.findLastIndex(({ kind }) => kind !== 'sync');
  return own.slice(0, last + 2).filter(({ kind }) => kind === 'sync').length;
}

describe.each(Object.entries(OPERATIONS))('%s', (name, maker) => {
  let rig: Rig;
  beforeAll(async () => {
    requireTool(...OPERATION_TOOLS);
    rig = await Rig.make(maker);
    return () => rig.dispose();
  });

  test('ends clearly at any fault, and can be gone on with', LONG, async () => {
    const random = generator(seed);
    const needed = await neededFlushes(rig);
    for (const fault of sample(FAULTS, FAULTS.length / 2, random)) {
      const { what, calls, how } = fault;
      await rig.layOut();
      const whole = await rig.run('begin', { calls, paths: fault.paths(rig) });
      const ordinals = Array.from({ length: whole.calls }, (_, index) => index + 1);
      const ends = new Map<string, number>();
      for (const at of inTime(sample(ordinals, 1, random))) {
        await rig.layOut();
        const cut = `${what}, number ${at}`;
        const ended = await rig.run('begin', { calls, paths: fault.paths(rig), how, at });
        const end = await expectClearEnd(rig, ended, fault, cut);
        if (fault.paths === target && calls === 's' && at <= needed) expect(end, cut).toBe('failed');
        ends.set(end, (ends.get(end) ?? 0) + 1);
        await rig.expectNeverLooksWhole(cut);
        await expectGoesOn(rig, cut);
      }
      const outcome = [...ends].map(([end, count]) => `${count} ${end}`).join(', ');
      const cases = [...ends.values()].reduce((sum, count) => sum + count, 0);
      evidence.push({
        operation: name,
        cuts: `${what}, at each of ${whole.calls}`,
        cases,
        of: whole.calls,
        outcome: `${outcome}; resumed: identical, but for the holes that were told`,
      });
    }
  });
});
