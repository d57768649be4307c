import { html, nothing, type TemplateResult } from 'lit';
import { styleMap } from 'lit/directives/style-map.js';
import { alignmentOf, alignmentText } from './alignment';
import { contentFamily } from './filesystemFamily';
import { regionDetails, regionName, regionSummary, regionTitle, usedPercent } from './regionText';
import type { MapRegion } from './regions';
import type { MapScale } from './scale';

/** What became of a region, where two layouts are compared. */
export type RegionChange = 'new' | 'gone' | 'changed';

export interface RegionView {
  /** Of the option's element. */
  elementId: string;
  region: MapRegion;
  scale: MapScale;
  sectorSize: number;
  selected: boolean;
  hovered: boolean;
  change: RegionChange | undefined;
  /** Its end can be dragged. */
  resizable: boolean;
}

/** Drawn wider than this many times its true width, a region says so. */
const NOTABLE_STRETCH = 1.5;
/** CSS pixels under which a border would leave nothing of what it surrounds. */
const NARROW = 10;
const SEVERITY_ICONS = { error: 'error', warning: 'warning', info: 'info' } as const;

/** A region of a map as an option of its list box. */
export function regionView(view: RegionView): TemplateResult {
  const { region, scale, selected } = view;
  const x = scale.xOf(region.start);
  const width = scale.xOf(region.start + region.size) - x;
  const family = region.kind === 'partition' || region.kind === 'volume' ? `dw-fs dw-fs-${contentFamily(region)}` : '';
  const classes = [
    `dw-map-region dw-kind-${region.kind} ${family}`,
    ...(region.depth === 1 ? ['dw-nested'] : []),
    ...(region.partition?.role === 'extended' ? ['dw-extended'] : []),
    ...(width < NARROW ? ['dw-narrow'] : []),
    ...(view.hovered ? ['dw-hovered'] : []),
  ].join(' ');
  return html`<div
    role="option"
    id=${view.elementId}
    data-region=${region.id}
    data-change=${view.change ?? nothing}
    class=${classes}
    style=${styleMap({ left: `${x}px`, width: `${width}px` })}
    aria-selected=${selected}
    aria-label=${regionName(region, view.sectorSize) + changeText(view.change)}
    title=${regionDetails(region, view.sectorSize)}
  >
    <div class="dw-map-body" aria-hidden="true">
      ${usedPart(region)}
      <div class="dw-map-text">
        <span>${regionTitle(region)}</span>
        ${region.partition?.role === 'extended' ? nothing : html`<span>${regionSummary(region)}</span>`}
        ${typeof region.filesystem?.used !== 'number' ? nothing : html`<span>${usedPercent(region.filesystem)} used</span>`}
      </div>
      ${scale.stretch(region.start, region.size) > NOTABLE_STRETCH ? html`<div class="dw-map-break"></div>` : nothing}
      ${badges(region)}
    </div>
    ${view.resizable ? html`<div class="dw-map-handle" aria-hidden="true" title="Drag to resize"></div>` : nothing}
  </div>`;
}

function changeText(change: RegionChange | undefined): string {
  return change ? ` · ${change === 'changed' ? 'changes' : change === 'new' ? 'new' : 'goes away'}` : '';
}

/** What the filesystem uses, and what of the partition lies behind its end. */
function usedPart({ filesystem, size }: MapRegion): TemplateResult | typeof nothing {
  if (!filesystem) return nothing;
  const percent = (bytes: number): string => `${Math.min(100, (bytes / size) * 100)}%`;
  return html`
    ${filesystem.used === null ? nothing : html`<div class="dw-map-used" style=${styleMap({ width: percent(filesystem.used) })}></div>`}
    ${
      size - filesystem.size > size * 0.01
        ? html`<div class="dw-map-tail" style=${styleMap({ width: percent(size - filesystem.size) })}></div>`
        : nothing
    }
  `;
}

function badges({ partition, start, findings }: MapRegion): TemplateResult | typeof nothing {
  const worst = (['error', 'warning', 'info'] as const).find((severity) =>
    findings.some((finding) => finding.severity === severity),
  );
  const misaligned = partition !== null && alignmentOf(start) === 'none';
  if (!worst && !misaligned) return nothing;
  return html`<div class="dw-map-badges">
    ${misaligned ? html`<span title=${alignmentText(start)}>≠ 4K</span>` : nothing}
    ${worst ? html`<span class="dw-severity-${worst}"><i class="codicon codicon-${SEVERITY_ICONS[worst]}"></i>${findings.length}</span>` : nothing}
  </div>`;
}
