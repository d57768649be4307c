import { html, nothing, type TemplateResult } from 'lit';
import { contentFamily, familyTitle } from './filesystemFamily';
import type { MapRegion } from './regions';

/** What the colours and patterns that occur on a map mean. */
export function mapLegend(regions: readonly MapRegion[], stretched: boolean): TemplateResult {
  const volumes = regions.filter(
    ({ kind, partition }) => kind === 'volume' || (kind === 'partition' && partition!.role !== 'extended'),
  );
  const families = [...new Set(volumes.map(contentFamily))];
  const has = (kind: MapRegion['kind']): boolean => regions.some((region) => region.kind === kind);
  const item = (swatch: string, text: string): TemplateResult =>
    html`<li><span class="dw-map-swatch ${swatch}" aria-hidden="true"></span>${text}</li>`;
  return html`<ul class="dw-map-legend" aria-label="Legend">
    ${families.map((family) => item(`dw-fs dw-fs-${family}`, familyTitle(family)))}
    ${volumes.some(({ filesystem }) => typeof filesystem?.used === 'number') ? item('dw-half', 'filled: used') : nothing}
    ${has('free') ? item('dw-free', 'free') : nothing} ${has('table') ? item('dw-table', 'partition table') : nothing}
    ${
      stretched
        ? html`<li>
            <span class="dw-map-swatch" aria-hidden="true"><span class="dw-map-break"></span></span>jagged edge: drawn wider than
            to scale
          </li>`
        : nothing
    }
  </ul>`;
}
