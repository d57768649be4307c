import type { Finding } from '@diskwright/sdk/protocol';
import { html, nothing, type TemplateResult } from 'lit';
import { printable } from '../../common/text/printable';
import { formatSize } from '../../common/text/size';
import './findings.css';

const SEVERITIES = { error: 'Error', warning: 'Warning', info: 'Note' } as const;
export const severityTitle = (severity: Finding['severity']): string => SEVERITIES[severity];

/** What a finding's places lead to. */
export interface FindingActions {
  openSectors(range: { offset: number; length: number }): void;
}

/** A finding: how bad, what, where, and what to do next. */
export function findingView({ severity, message, ranges, todo }: Finding, actions: FindingActions): TemplateResult {
  return html`<div class="dw-finding dw-severity-${severity}">
    <i class="codicon codicon-${severity}" aria-hidden="true"></i>
    <div class="dw-finding-text">
      <div><strong>${SEVERITIES[severity]}:</strong> ${printable(message)}</div>
      ${todo ? html`<div class="dw-finding-todo">${capitalised(printable(todo))}</div>` : nothing}
      ${
        ranges.length === 0
          ? nothing
          : html`<div class="dw-finding-places">
              ${ranges
                .slice(0, 8)
                .map(
                  (range) =>
                    html`<button class="dw-link-button" @click=${() => actions.openSectors(range)}>
                      ${formatSize(range.length)} at byte ${range.offset}
                    </button>`,
                )}
              ${ranges.length > 8 ? html`<span>and ${ranges.length - 8} more places</span>` : nothing}
            </div>`
      }
    </div>
  </div>`;
}

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
