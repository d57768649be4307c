import { html, nothing, type TemplateResult } from 'lit';
import { printable } from '../../common/text/printable';
import './deviceBadges.css';

/** What stands against writing a device, a word each. */
export function deviceBadges({
  readOnly,
  system,
  mounted,
}: {
  readOnly: boolean;
  system: boolean;
  mounted: readonly string[];
}): TemplateResult {
  return html`<span class="dw-badges">
    ${system ? html`<span class="dw-device-badge dw-device-badge-warning" title="This computer runs from it">system</span>` : nothing}
    ${mounted.length > 0 ? html`<span class="dw-device-badge" title=${printable(`Mounted at ${mounted.join(', ')}`)}>mounted</span>` : nothing}
    ${readOnly ? html`<span class="dw-device-badge" title="It cannot be written">read-only</span>` : nothing}
  </span>`;
}
