import type { ExtentList } from '@diskwright/sdk/extents';
import type { ErrorPolicy } from '../../common/jobs/errorPolicy';

/** How a job reads its sources. */
export interface MediaPolicy extends ErrorPolicy {
  /** Ranges of a source, by its name in the plan, that are known to be bad. */
  badRangesOf(device: string): ExtentList;
}
