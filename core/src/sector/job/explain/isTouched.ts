import { rangesMeet } from '@diskwright/sdk/extents';
import type { ByteRange, CopyStep } from '@diskwright/sdk/protocol';
import { writeLength } from '../../../common/plan/index';
import { stepsOn } from '../overwritten';
import type { JobTarget } from './jobTarget';

/** Whether any other step of the plan than the copy that writes a range of the target changes bytes of it. */
export function isTouched({ stored, name }: Pick<JobTarget, 'stored' | 'name'>, copy: CopyStep, range: ByteRange): boolean {
  const { plan, sideFiles } = stored;
  return stepsOn(plan, { name }).some((step) => {
    if (step === copy) return false;
    const relative = { offset: range.offset - step.target.offset, length: range.length };
    if (step.kind === 'write') return rangesMeet(relative, { offset: 0, length: writeLength(step.bytes) });
    return (step.kind === 'copy' ? sideFiles.extents(step.extents) : sideFiles.area(step)).meets(relative);
  });
}
