import { alignOutward, ExtentList, shift, subtract, union } from '@diskwright/sdk/extents';
import type { ByteRange, Phase, Plan, Step } from '@diskwright/sdk/protocol';
import { PHASES, type PlanSideFiles, writeLength } from '../../common/plan/index';
import { endRanges } from '../identity';

/** Longer ranges (a disk that is zeroed) are kept on request only: what is always kept are structures, not content. */
const MAX_STRUCTURE_BYTES = 16 * 1024 * 1024;
const MAX_STRUCTURES_BYTES = 128 * 1024 * 1024;

/** A target of a plan. */
export interface PlanTarget {
  /** Its name in the plan. */
  name: string;
  size: number;
  sectorSize: number;
}

/** What a plan overwrites on a target up to a phase, in whole sectors. */
export function overwrittenRanges(plan: Plan, sideFiles: PlanSideFiles, target: PlanTarget, last: Phase = 'commit'): ExtentList {
  const reached = PHASES.indexOf(last);
  const lists = stepsOn(plan, target)
    .filter((step) => PHASES.indexOf(step.phase) <= reached)
    .map((step) => rangesOf(step, sideFiles));
  return wholeSectors(joined(lists), target);
}

/**
 * What is always saved of a target before it is written: the ends of the device, by which a resumed job knows it again, and what the
 * plan overwrites with structures: what it writes, zeroes and discards (but not the free space that a step with an extent list
 * clears), copies when committing, and moves within the device; of all that, as much as is short.
 */
export function structureRanges(plan: Plan, sideFiles: PlanSideFiles, target: PlanTarget): ExtentList {
  const structures: ExtentList[] = [];
  const content: ExtentList[] = [];
  for (const step of stepsOn(plan, target)) {
    if (step.kind === 'copy' && step.phase !== 'commit' && step.source.device !== target.name)
      content.push(rangesOf(step, sideFiles));
    else if (step.kind === 'write' || step.kind === 'copy' || !step.extents) structures.push(rangesOf(step, sideFiles));
  }
  const short = joined(
    structures.map((list) => ExtentList.fromRanges([...list].filter(({ length }) => length <= MAX_STRUCTURE_BYTES))),
  );
  const ends = ExtentList.fromRanges(endRanges(target.size));
  return wholeSectors(union(firstBytes(subtract(short, joined(content))), ends), target);
}

/** The steps that change a target. */
export function stepsOn(plan: Plan, { name }: Pick<PlanTarget, 'name'>): ChangingStep[] {
  return plan.steps.filter((step): step is ChangingStep => 'target' in step && step.target.device === name);
}

export type ChangingStep = Exclude<Step, { kind: 'verify' | 'assert' }>;

/** What of its target a step changes, as ranges of the device. */
export function rangesOf(step: ChangingStep, sideFiles: PlanSideFiles): ExtentList {
  const { offset } = step.target;
  if (step.kind === 'write') return ExtentList.fromRanges([{ offset, length: writeLength(step.bytes) }]);
  return shift(step.kind === 'copy' ? sideFiles.extents(step.extents) : sideFiles.area(step), offset);
}

function joined(lists: readonly ExtentList[]): ExtentList {
  return lists.reduce(union, ExtentList.fromRanges([]));
}

/** The whole sectors in which ranges lie. */
export function wholeSectors(list: ExtentList, { size, sectorSize }: Omit<PlanTarget, 'name'>): ExtentList {
  return alignOutward(list, sectorSize, size);
}

/** Ranges until there are too many bytes. */
function firstBytes(list: ExtentList): ExtentList {
  const kept: ByteRange[] = [];
  let total = 0;
  for (const range of list) {
    if (total + range.length > MAX_STRUCTURES_BYTES) continue;
    kept.push(range);
    total += range.length;
  }
  return ExtentList.fromRanges(kept);
}
