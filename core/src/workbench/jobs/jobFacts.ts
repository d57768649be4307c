import { html, nothing, type TemplateResult } from 'lit';
import { printable } from '../../common/text/printable';
import type { JobDetails } from '../../common/workbench';
import type { Workbench } from '../api';
import { shortDigest } from '../plans/planWords';
import '../widgets/copyText';
import { callout } from '../widgets/parts';
import { sentence } from '../widgets/shared/errorText';
import { EXIT_STATUS_WORDS } from './jobWords';

/** What a job is: when it ran, on which devices, by which plan, and where its record lies. */
export function jobFacts({ id, plan, folder, startedAt, result }: JobDetails, { devices, editors }: Workbench): TemplateResult {
  return html`<h2>About</h2>
    <dl class="dw-facts">
      ${(plan?.devices ?? []).map(
        ({ role, path }) =>
          html`<dt>${role === 'target' ? 'Written' : 'Read'}</dt>
            <dd>
              <button type="button" class="dw-link-button" @click=${() => editors.open({ type: 'layout', key: path })}>
                ${printable(devices.label(path))}
              </button>
            </dd>`,
      )}
      <dt>Started</dt>
      <dd>${new Date(startedAt).toLocaleString()}</dd>
      ${
        result
          ? html`<dt>Ended</dt>
              <dd>${new Date(result.endedAt).toLocaleString()}</dd>
              <dt>Exit status</dt>
              <dd>${result.exitStatus} (${EXIT_STATUS_WORDS[result.exitStatus] ?? 'unknown'})</dd>`
          : nothing
      }
      ${
        plan
          ? html`<dt>Plan</dt>
              <dd>
                <button type="button" class="dw-link-button" @click=${() => editors.open({ type: 'plan', key: plan.digest })}>
                  ${shortDigest(plan.digest)}
                </button>
                by ${printable(plan.command.id)}
              </dd>`
          : nothing
      }
      <dt>Job</dt>
      <dd><dw-copy-text .text=${id} .label=${'Job'}></dw-copy-text></dd>
      <dt>Record</dt>
      <dd><dw-copy-text .text=${folder} .label=${'Folder of the record'}></dw-copy-text></dd>
    </dl>
    ${(plan?.warnings ?? []).map((warning) => callout('warning', sentence(printable(warning))))}`;
}
