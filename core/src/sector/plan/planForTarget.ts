import { InvalidInputError, NotSupportedError } from '@diskwright/sdk/errors';
import type { Plan, PlanDevice, Step } from '@diskwright/sdk/protocol';
import type { StoredPlan } from './storedPlan';

/** The name of the target whose result is wanted. @throws NotSupportedError when there are several and none is named */
export function simulatedTarget(devices: readonly PlanDevice[], wanted: string | undefined): string {
  const targets = devices.filter(({ role }) => role === 'target').map(({ name }) => name);
  if (wanted !== undefined && !targets.includes(wanted)) {
    throw new InvalidInputError(`the plan has no target named ${wanted}`, { todo: `Its targets are: ${targets.join(', ')}.` });
  }
  if (wanted !== undefined) return wanted;
  const [target] = targets;
  if (target !== undefined && targets.length === 1) return target;
  throw new NotSupportedError(`a plan with ${targets.length} targets cannot be simulated in one overlay`, {
    ...(targets.length > 1 && { todo: `Name the one whose result is wanted: ${targets.join(', ')}.` }),
  });
}

/**
 * What a plan does to one of its targets, with the devices that it reads for it.
 * @throws NotSupportedError when that depends on what the plan writes to another target: an overlay would show what is there now
 */
export function planForTarget(stored: StoredPlan, target: string): StoredPlan {
  const { plan } = stored;
  const others = new Set(plan.devices.filter(({ role, name }) => role === 'target' && name !== target).map(({ name }) => name));
  if (others.size === 0) return stored;
  const steps = plan.steps.filter((step) => !others.has(deviceOf(step)));
  const copied = steps.find((step) => step.kind === 'copy' && others.has(step.source.device));
  if (copied?.kind === 'copy') {
    throw new NotSupportedError(
      `the result on ${target} cannot be simulated by itself: ${copied.structure} is copied from ${copied.source.device}, which the plan writes, too`,
    );
  }
  const devices = plan.devices.filter(({ name }) => !others.has(name));
  return { ...stored, plan: { ...plan, devices, steps } satisfies Plan };
}

/** The device that a step is about. */
function deviceOf(step: Step): string {
  switch (step.kind) {
    case 'verify':
      return step.device;
    case 'assert':
      return step.device.device;
    default:
      return step.target.device;
  }
}
