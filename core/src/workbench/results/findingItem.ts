import { html, nothing, type TemplateResult } from 'lit';
import type { Finding } from '@diskwright/sdk/protocol';
import { printable } from '../../common/text/printable';
import { plural } from '../../common/text/size';
import { icon } from '../widgets/parts';
import { capitalised } from '../widgets/shared/errorText';

const SEVERITIES: Readonly<Record<Finding['severity'], { icon: string; label: string; tone: string }>> = {
  error: { icon: 'error', label: 'Error', tone: 'bad' },
  warning: { icon: 'warning', label: 'Warning', tone: 'warning' },
  info: { icon: 'info', label: 'Note', tone: 'running' },
};

/** A finding with its severity in sign and word, its place, and what to do. @param jump shows a place on the device */
export function findingItem(finding: Finding, jump?: (range: Finding['ranges'][number]) => void): TemplateResult {
  const { severity, message, ranges, todo, code } = finding;
  const { icon: name, label, tone } = SEVERITIES[severity];
  const [first] = ranges;
  const where =
    first && `byte ${first.offset}, ${plural(first.length, 'byte')}${ranges.length > 1 ? `, and ${ranges.length - 1} more` : ''}`;
  return html`<div class="dw-finding" title=${printable(code)}>
    <span class="dw-tone-${tone}">${icon(name)} ${label}:</span> ${capitalised(printable(message))}
    ${
      first && jump
        ? html`<button type="button" class="dw-link-button" @click=${() => jump(first)}>${where}</button>`
        : where
          ? html`<span class="dw-muted">(${where})</span>`
          : nothing
    }
    ${todo ? html`<div class="dw-muted">${capitalised(printable(todo))}</div>` : nothing}
  </div>`;
}
