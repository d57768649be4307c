import { html, nothing } from 'lit';
import type { JobProgress, JobResult } from '../../common';
import { printable } from '../../common/text/printable';
import { plural } from '../../common/text/size';
import { callout } from '../widgets/parts';

type Stuck = Pick<JobProgress, 'stuck'>;
/** The label of a device by its name in the plan. */
type LabelOf = (device: string) => string;

/** Requests that a device has not answered, in words. @param consequence what that means now */
export function stuckRequests({ stuck = [] }: Stuck, labelOf: LabelOf, consequence: string): unknown {
  if (stuck.length === 0) return nothing;
  return callout(
    'warning',
    html`${stuck.map(
        ({ device, offset, seconds }) =>
          html`<div>
            ${printable(labelOf(device))} has not answered a request at byte ${offset} for ${Math.round(seconds)} s.
          </div>`,
      )}
      <div>${consequence}</div>`,
  );
}

/** Where a device answered slowly. */
export function slowRanges({ slow = [] }: Pick<JobResult, 'slow'>, labelOf: LabelOf): unknown {
  if (slow.length === 0) return nothing;
  return html`<details class="dw-job-slow">
    <summary>${plural(slow.length, 'slow place')}: such places are often the first to fail</summary>
    <ul>
      ${slow.map(
        ({ device, offset, length, requests, longestSeconds }) =>
          html`<li>
            ${printable(labelOf(device))}, ${length} bytes from byte ${offset}: ${plural(requests, 'request')} over 1 s, the
            longest took ${longestSeconds.toFixed(1)} s
          </li>`,
      )}
    </ul>
  </details>`;
}
