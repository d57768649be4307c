import { html, nothing, type TemplateResult } from 'lit';
import type { Hole, JobResult } from '../../common';
import { printable, printableLines } from '../../common/text/printable';
import { plural } from '../../common/text/size';
import { placesTable } from './placesTable';

/** The places that could not be read, each with a way to its sectors. @param open shows one */
export function jobHoles({ holes, holeCount }: JobResult, open: (hole: Hole) => void): unknown {
  if (holeCount === 0) return nothing;
  return html`<h2>${holeCount === 1 ? 'A place' : 'Places'} that could not be read</h2>
    <p>Zeros stand on the target there.</p>
    ${placesTable(
      'Places that could not be read',
      html`<th scope="col">Device</th>
        <th scope="col" class="dw-number">Byte</th>
        <th scope="col" class="dw-number">Length</th>`,
      holes.map((hole) => ({
        cells: html`<td>${printable(hole.device)}</td>
          <td class="dw-number">${hole.offset}</td>
          <td class="dw-number">${hole.length}</td>`,
        openLabel: `at byte ${hole.offset}`,
        open: () => open(hole),
      })),
    )}
    ${holeCount > holes.length ? html`<p class="dw-muted">And ${holeCount - holes.length} more: the report has all of them.</p>` : nothing}`;
}

/** What each copy step read, for comparison with another copy. Steps have the numbers of the plan's editor. */
export function jobDigests(result: JobResult | null): unknown {
  if (!result || result.digests.length === 0) return nothing;
  return html`<details class="dw-job-digests">
    <summary>BLAKE3 digests of what was copied, ${plural(result.digests.length, 'step')}</summary>
    ${result.digests.map(({ step, blake3 }) => html`<div class="dw-mono">step ${step + 1}: ${blake3}</div>`)}
  </details>`;
}

export function jobLog(log: string): TemplateResult {
  return html`<h2>Log</h2>
    ${
      log === ''
        ? html`<p class="dw-muted">Nothing was logged yet.</p>`
        : html`<pre class="dw-log" tabindex="0" aria-label="Log">${printableLines(log)}</pre>`
    }`;
}
