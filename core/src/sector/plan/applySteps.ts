import type { AssertStep, CopyStep, DiscardStep, Phase, VerifyStep, WriteStep, ZeroStep } from '@diskwright/sdk/protocol';
import type { ExtentList } from '@diskwright/sdk/extents';
import { PHASES } from '../../common/plan/index';
import { throwIfCancelled } from '../../common/flow/abortable';
import type { StoredPlan } from './storedPlan';

/**
 * What each kind of step means where a plan is applied: on a device, or in an overlay. `index` is the step's number in the plan.
 */
export interface StepActions {
  copy(step: CopyStep, index: number, extents: ExtentList): Promise<void>;
  /** `chunks` gives the bytes in order, as often as it is called; each buffer is the receiver's to keep. */
  write(step: WriteStep, index: number, chunks: () => AsyncIterable<Buffer>): Promise<void>;
  /** `area` is what is to be zeroed or discarded, relative to the step's target offset. */
  zero(step: ZeroStep, index: number, area: ExtentList): Promise<void>;
  discard(step: DiscardStep, index: number, area: ExtentList): Promise<void>;
  verify(step: VerifyStep, index: number): Promise<void>;
  assert(step: AssertStep, index: number): Promise<void>;
  /** Around each phase, also around one without steps. */
  phaseBegins(phase: Phase): Promise<void>;
  phaseEnds(phase: Phase): Promise<void>;
  /** After each step that succeeded. */
  stepEnds(phase: Phase, index: number): Promise<void>;
}

/**
 * Carries out a checked plan, phase by phase, step by step; the one place that knows in which order things happen.
 * @throws what an action throws, or CancelledError; nothing that follows is then done
 */
export async function applySteps(stored: StoredPlan, actions: StepActions, signal?: AbortSignal): Promise<void> {
  for (const phase of PHASES) {
    throwIfCancelled(signal);
    await actions.phaseBegins(phase);
    for (const [index, step] of stored.plan.steps.entries()) {
      if (step.phase !== phase) continue;
      throwIfCancelled(signal);
      await applyStep(stored, actions, index, signal);
      await actions.stepEnds(phase, index);
    }
    await actions.phaseEnds(phase);
  }
}

function applyStep({ plan, sideFiles }: StoredPlan, actions: StepActions, index: number, signal?: AbortSignal): Promise<void> {
  const step = plan.steps[index]!;
  switch (step.kind) {
    case 'copy':
      return actions.copy(step, index, sideFiles.extents(step.extents));
    case 'write':
      return actions.write(step, index, () => sideFiles.bytes(step.bytes, signal));
    case 'zero':
      return actions.zero(step, index, sideFiles.area(step));
    case 'discard':
      return actions.discard(step, index, sideFiles.area(step));
    case 'verify':
      return actions.verify(step, index);
    case 'assert':
      return actions.assert(step, index);
  }
}
