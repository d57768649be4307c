import type { Phase, Step } from '@diskwright/sdk/protocol';
import { writeLength } from '../../common/plan/index';
import type { StoredPlan } from './storedPlan';

/** How many bytes the steps of a phase write, for the progress. */
export function phaseBytes({ plan }: StoredPlan, phase: Phase): number {
  return plan.steps.reduce((sum, step) => (step.phase === phase ? sum + stepBytes(step) : sum), 0);
}

function stepBytes(step: Step): number {
  switch (step.kind) {
    case 'copy':
      return step.extents.covered;
    case 'write':
      return writeLength(step.bytes);
    case 'zero':
    case 'discard':
      return step.extents?.covered ?? step.length;
    case 'verify':
    case 'assert':
      return 0;
  }
}
