import { html, nothing, type TemplateResult } from 'lit';
import { printable } from '../../common/text/printable';
import { sizeText } from '../widgets/shared/sizeText';
import { alignmentOf, alignmentText } from '../widgets/diskMap/alignment';
import { filesystemFamily } from '../widgets/diskMap/filesystemFamily';
import type { MapRegion } from '../widgets/diskMap/regions';
import { regionContent, regionTitle, usedPercent } from '../widgets/diskMap/regionText';

export interface LayoutTableView {
  regions: readonly MapRegion[];
  sectorSize: number;
  selected: string | null;
  label: string;
  select(region: MapRegion): void;
  open(region: MapRegion): void;
  context(region: MapRegion, at: { x: number; y: number }): void;
}

const COLUMNS = ['No.', 'Start', 'End', 'Size', 'Filesystem', 'Label', 'Used', 'Type', 'Name', 'Flags', 'Alignment'] as const;
const TITLES: Partial<Record<(typeof COLUMNS)[number], string>> = {
  Start: 'First byte, and first sector',
  End: 'First byte behind it, and last sector',
  Size: 'Bytes, and sectors',
};
const NUMERIC = new Set<string>(['Start', 'End', 'Size', 'Used']);

/** The regions of a map as a grid of the same, for keyboard and screen reader. Up and Down select, Enter opens. */
export function layoutTable(view: LayoutTableView): TemplateResult {
  const focusable = view.regions.some(({ id }) => id === view.selected) ? view.selected : view.regions[0]?.id;
  return html`<div class="dw-layout-table-frame">
    <table class="dw-layout-table" role="grid" aria-label=${view.label} @keydown=${(event: KeyboardEvent) => onKey(event, view)}>
      <thead>
        <tr>
          ${COLUMNS.map((name) => html`<th scope="col" class=${NUMERIC.has(name) ? 'dw-number' : ''} title=${TITLES[name] ?? ''}>${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${view.regions.map(
          (region) =>
            html`<tr
              data-region=${region.id}
              class=${region.kind === 'partition' || region.kind === 'volume' ? '' : 'dw-minor'}
              aria-selected=${region.id === view.selected}
              tabindex=${region.id === focusable ? 0 : -1}
              @click=${() => view.select(region)}
              @focus=${() => region.id === view.selected || view.select(region)}
              @dblclick=${() => view.open(region)}
              @contextmenu=${(event: MouseEvent) => onContext(event, region, view)}
            >
              ${cells(region, view.sectorSize)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function cells(region: MapRegion, sectorSize: number): TemplateResult {
  const { partition, filesystem, start, size, depth } = region;
  const place = (bytes: number, sector: number): TemplateResult =>
    html`<td class="dw-number" title="byte ${bytes}">${sizeText(bytes)}<span class="dw-sector">${sector}</span></td>`;
  const firstSector = Math.floor(start / sectorSize);
  const hasContent = partition !== null || region.kind === 'volume' || region.kind === 'whole';
  const family = hasContent && partition?.role !== 'extended' ? filesystemFamily(filesystem?.type) : null;
  return html`
    <td class=${depth === 1 ? 'dw-indented' : ''}>
      ${family ? html`<span class="dw-map-swatch dw-fs dw-fs-${family}" aria-hidden="true"></span>` : nothing}${partition?.number ?? ''}
    </td>
    ${place(start, firstSector)} ${place(start + size, Math.ceil((start + size) / sectorSize) - 1)}
    <td class="dw-number" title="${size} bytes">
      ${sizeText(size)}<span class="dw-sector">${Math.ceil(size / sectorSize)}</span>
    </td>
    <td>${hasContent && region.kind !== 'whole' ? regionContent(region) : regionTitle(region)}</td>
    <td>${filesystem?.label ? printable(filesystem.label) : ''}</td>
    <td class="dw-number">
      ${typeof filesystem?.used !== 'number' ? '' : html`${sizeText(filesystem.used)}<span class="dw-sector">${usedPercent(filesystem)}</span>`}
    </td>
    <td title=${partition?.type ?? ''}>${partition ? printable(partition.typeName) : ''}</td>
    <td>${partition?.name ? printable(partition.name) : ''}</td>
    <td>${flags(region)}</td>
    <td>
      ${partition ? html`<span title=${alignmentText(start)}>${{ mebibyte: '1 MiB', block: '4 KiB', none: '≠ 4 KiB' }[alignmentOf(start)]}</span>` : ''}
    </td>
  `;
}

function flags({ partition, findings }: MapRegion): string {
  const count = findings.length;
  return [
    ...(partition?.bootable ? ['bootable'] : []),
    ...(partition && partition.role !== 'primary' ? [partition.role] : []),
    ...(count > 0 ? [`${count} ${count === 1 ? 'finding' : 'findings'}`] : []),
  ].join(', ');
}

function onKey(event: KeyboardEvent, view: LayoutTableView): void {
  const rows = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>('tbody tr')];
  const index = rows.findIndex((row) => row === document.activeElement);
  const region = view.regions[index];
  if (!region || event.altKey || event.ctrlKey || event.metaKey) return;
  const targets: Record<string, number> = { ArrowDown: index + 1, ArrowUp: index - 1, Home: 0, End: rows.length - 1 };
  const target = targets[event.key];
  if (target === undefined && event.key !== 'Enter') return;
  event.preventDefault();
  if (target === undefined) view.open(region);
  else rows[target]?.focus();
}

function onContext(event: MouseEvent, region: MapRegion, view: LayoutTableView): void {
  event.preventDefault();
  view.select(region);
  const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
  view.context(
    region,
    event.clientX === 0 && event.clientY === 0 ? { x: box.left + 24, y: box.bottom } : { x: event.clientX, y: event.clientY },
  );
}
