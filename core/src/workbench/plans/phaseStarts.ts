import type { Phase } from '@diskwright/sdk/protocol';
import { PHASE_TITLES } from './planWords';

/** A phase that has steps, and the index of its first. */
export interface PhaseStart {
  phase: Phase;
  index: number;
}

/**
 * Where the phases begin among steps that are ordered by phase, found without reading them all: some 50 steps are asked for of the longest plan.
 * @param phaseAt the phase of the step at an index
 */
export async function phaseStarts(stepCount: number, phaseAt: (index: number) => Promise<Phase>): Promise<PhaseStart[]> {
  const order = PHASE_TITLES.map(([phase]) => phase);
  const starts: PhaseStart[] = [];
  for (let index = 0; index < stepCount;) {
    const phase = await phaseAt(index);
    starts.push({ phase, index });
    index = await firstBeyond(order.indexOf(phase), index, stepCount, async (at) => order.indexOf(await phaseAt(at)));
  }
  return starts;
}

/** The first index after `from` whose rank is higher; `end` when there is none. */
async function firstBeyond(rank: number, from: number, end: number, rankAt: (index: number) => Promise<number>): Promise<number> {
  let low = from + 1;
  let high = end;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((await rankAt(middle)) > rank) high = middle;
    else low = middle + 1;
  }
  return low;
}
