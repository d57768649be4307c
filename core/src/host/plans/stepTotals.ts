import type { Plan } from '@diskwright/sdk/protocol';
import { writeLength } from '../../common/plan';

/** Bytes that a plan copies, writes by value, and clears. */
export function stepTotals({ steps }: Plan): { copied: number; written: number; cleared: number } {
  const totals = { copied: 0, written: 0, cleared: 0 };
  for (const step of steps) {
    if (step.kind === 'copy') totals.copied += step.extents.covered;
    else if (step.kind === 'write') totals.written += writeLength(step.bytes);
    else if (step.kind === 'zero' || step.kind === 'discard') totals.cleared += step.extents?.covered ?? step.length;
  }
  return totals;
}
