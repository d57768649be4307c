import { RefusedError } from '@diskwright/sdk/errors';
import type { Phase, Plan, PlanDevice } from '@diskwright/sdk/protocol';
import { checkStep } from './checkStep';
import type { PlanSideFiles } from './sideFiles';

/** The phases in the order in which they run. */
export const PHASES: readonly Phase[] = ['check', 'invalidate', 'content', 'commit'];
const REPORTED_PROBLEMS = 32;

/**
 * Judges what a structurally valid plan would do, before anything is opened: every step inside its devices, nothing written but
 * to a target, phases in order. A plan is untrusted input; nothing here depends on who made it.
 * @throws RefusedError with the problems in `details`
 */
export function checkPlan(plan: Plan, sideFiles: PlanSideFiles): void {
  const problems = [...deviceProblems(plan.devices), ...phaseProblems(plan)];
  const devices = new Map(plan.devices.map((device) => [device.name, device]));
  for (let index = 0; index < plan.steps.length && problems.length < REPORTED_PROBLEMS; index++) {
    const step = plan.steps[index]!;
    for (const problem of checkStep(step, devices, sideFiles))
      problems.push(`step ${index + 1} (${step.kind}, ${step.structure}): ${problem}`);
  }
  if (problems.length === 0) return;
  throw new RefusedError(`the plan cannot be applied: ${problems[0]}`, {
    details: problems.slice(0, REPORTED_PROBLEMS),
    todo: 'Make the plan again.',
  });
}

function* deviceProblems(devices: PlanDevice[]): Generator<string> {
  const names = new Set<string>();
  for (const { name, identity } of devices) {
    if (names.has(name)) yield `two devices are named ${name}`;
    names.add(name);
    if (identity.size % identity.sectorSize !== 0)
      yield `device ${name} has ${identity.size} bytes, no whole sectors of ${identity.sectorSize}`;
  }
}

function* phaseProblems(plan: Plan): Generator<string> {
  let reached = 0;
  for (const [index, step] of plan.steps.entries()) {
    const phase = PHASES.indexOf(step.phase);
    if (phase < reached) {
      yield `step ${index + 1} belongs to the phase ${step.phase}, which is over: the phase ${PHASES[reached]} has begun`;
      return;
    }
    reached = phase;
  }
}
