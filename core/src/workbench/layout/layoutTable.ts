import { html, nothing, type TemplateResult } from 'lit';
import { printable } from '../../common/text/printable';
import { exactSizeText, sizeText } from '../widgets/shared/sizeText';
import { alignmentOf, alignmentText } from '../widgets/diskMap/alignment';
import { contentFamily } from '../widgets/diskMap/filesystemFamily';
import type { MapRegion } from '../widgets/diskMap/regions';
import { regionContent, regionDetails, regionTitle, usedPercent } from '../widgets/diskMap/regionText';

export interface LayoutTableView {
  regions: readonly MapRegion[];
  sectorSize: number;
  selected: string | null;
  label: string;
  /** What is searched for, where there are many regions. */
  filter: string;
  setFilter(text: string): void;
  select(region: MapRegion): void;
  open(region: MapRegion): void;
  context(region: MapRegion, at: { x: number; y: number }): void;
}

/** What is in a cell, and in full at its tooltip. */
interface Column {
  title: string;
  /** Ends its class, by which it goes where there is no room. */
  id: string;
  about?: string;
  number?: boolean;
  cell(region: MapRegion, sectorSize: number): { text: unknown; full?: string };
}

const COLUMNS: readonly Column[] = [
  { title: 'No.', id: 'number', cell: (region) => ({ text: html`${swatch(region)}${region.partition?.number ?? ''}` }) },
  {
    title: 'Start',
    id: 'start',
    about: 'First byte, and first sector',
    number: true,
    cell: ({ start }, sectorSize) => place(start, Math.floor(start / sectorSize)),
  },
  {
    title: 'End',
    id: 'end',
    about: 'First byte behind it, and last sector',
    number: true,
    cell: ({ start, size }, sectorSize) => place(start + size, Math.ceil((start + size) / sectorSize) - 1),
  },
  {
    title: 'Size',
    id: 'size',
    about: 'Bytes, and sectors',
    number: true,
    cell: ({ size }, sectorSize) => {
      const sectors = Math.ceil(size / sectorSize);
      return { text: withSector(size, sectors), full: `${exactSizeText(size)}, ${sectors} sectors` };
    },
  },
  {
    title: 'Filesystem',
    id: 'filesystem',
    cell: (region) => plain(hasContent(region) && region.kind !== 'whole' ? regionContent(region) : regionTitle(region)),
  },
  { title: 'Label', id: 'label', cell: ({ filesystem, container }) => plain(filesystem?.label ?? container?.label) },
  {
    title: 'Used',
    id: 'used',
    number: true,
    cell: ({ filesystem }) => {
      if (typeof filesystem?.used !== 'number') return plain('');
      const percent = usedPercent(filesystem);
      return {
        text: html`${sizeText(filesystem.used)}<span class="dw-sector">${percent}</span>`,
        full: `${exactSizeText(filesystem.used)}, ${percent}`,
      };
    },
  },
  {
    title: 'Type',
    id: 'type',
    cell: ({ partition }) =>
      partition
        ? { text: printable(partition.typeName), full: `${printable(partition.typeName)} ${printable(partition.type)}` }
        : plain(''),
  },
  { title: 'Name', id: 'name', cell: ({ partition }) => plain(partition?.name) },
  { title: 'Flags', id: 'flags', cell: (region) => plain(flags(region)) },
  {
    title: 'Alignment',
    id: 'alignment',
    cell: ({ partition, start }) =>
      partition
        ? { text: { mebibyte: '1 MiB', block: '4 KiB', none: '≠ 4 KiB' }[alignmentOf(start)], full: alignmentText(start) }
        : plain(''),
  },
];
/** From so many regions on, they can be searched. */
const MANY = 16;
const PAGE = 10;

/** The regions of a map as a grid of the same, for keyboard and screen reader. Up and Down select, Enter opens. */
export function layoutTable(view: LayoutTableView): TemplateResult {
  const shown = view.regions.filter((region) => isFound(region, view));
  const focusable = shown.some(({ id }) => id === view.selected) ? view.selected : shown[0]?.id;
  return html`
    ${view.regions.length < MANY ? nothing : search(view, shown.length)}
    <table
      class="dw-layout-table"
      role="grid"
      aria-label=${view.label}
      @keydown=${(event: KeyboardEvent) => onKey(event, view, shown)}
    >
      <thead>
        <tr>
          ${COLUMNS.map(({ id, title, about, number }) => html`<th scope="col" class="dw-column-${id} ${number ? 'dw-number' : ''}" title=${about ?? nothing}>${title}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${shown.map(
          (region) =>
            html`<tr
              data-region=${region.id}
              class=${region.kind === 'partition' || region.kind === 'volume' ? '' : 'dw-minor'}
              aria-selected=${region.id === view.selected}
              aria-description=${regionDetails(region, view.sectorSize)}
              tabindex=${region.id === focusable ? 0 : -1}
              @click=${() => view.select(region)}
              @focus=${() => region.id === view.selected || view.select(region)}
              @dblclick=${() => view.open(region)}
              @contextmenu=${(event: MouseEvent) => onContext(event, region, view)}
            >
              ${COLUMNS.map((column) => cell(column, region, view.sectorSize))}
            </tr>`,
        )}
      </tbody>
    </table>
  `;
}

function cell({ id, number, cell: contentOf }: Column, region: MapRegion, sectorSize: number): TemplateResult {
  const { text, full } = contentOf(region, sectorSize);
  const isIndented = id === 'number' && region.depth === 1;
  return html`<td
    class="dw-column-${id} ${number ? 'dw-number' : ''} ${isIndented ? 'dw-indented' : ''}"
    title=${full ?? nothing}
  >
    ${text}
  </td>`;
}

const plain = (text: string | null | undefined): { text: string; full: string } => {
  const clean = text ? printable(text) : '';
  return { text: clean, full: clean };
};

const place = (bytes: number, sector: number): { text: TemplateResult; full: string } => ({
  text: withSector(bytes, sector),
  full: `byte ${bytes}, sector ${sector}`,
});

const withSector = (bytes: number, sector: number): TemplateResult =>
  html`${sizeText(bytes)}<span class="dw-sector dw-sector-number">${sector}</span>`;

const hasContent = ({ partition, kind }: MapRegion): boolean => partition !== null || kind === 'volume' || kind === 'whole';

function swatch(region: MapRegion): TemplateResult | typeof nothing {
  if (!hasContent(region) || region.partition?.role === 'extended') return nothing;
  return html`<span class="dw-map-swatch dw-fs dw-fs-${contentFamily(region)}" aria-hidden="true"></span>`;
}

function search({ filter, setFilter, regions }: LayoutTableView, found: number): TemplateResult {
  return html`<div class="dw-layout-filter">
    <input
      class="dw-input"
      type="search"
      aria-label="Find in the layout"
      placeholder="Number, name, label, filesystem or type"
      .value=${filter}
      @input=${(event: InputEvent) => setFilter((event.target as HTMLInputElement).value)}
    />
    <span class="dw-muted" role="status"
      >${filter.trim() === '' ? `${regions.length} regions` : `${found} of ${regions.length} regions`}</span
    >
  </div>`;
}

/** A number finds the partition of that number; words, all of them, what has them in it. */
function isFound(region: MapRegion, { filter, regions }: LayoutTableView): boolean {
  const wanted = filter.trim().toLowerCase();
  if (wanted === '' || regions.length < MANY) return true;
  const { partition, filesystem, findings } = region;
  if (/^\d+$/.test(wanted) && String(partition?.number) === wanted) return true;
  const text = [
    regionTitle(region),
    regionContent(region),
    filesystem?.label,
    partition?.name,
    partition?.typeName,
    flags(region),
    ...findings.map(({ message }) => message),
  ];
  const all = text.join(' ').toLowerCase();
  return wanted.split(/\s+/).every((word) => all.includes(word));
}

function flags({ partition, findings }: MapRegion): string {
  const count = findings.length;
  return [
    ...(partition?.bootable ? ['bootable'] : []),
    ...(partition && partition.role !== 'primary' ? [partition.role] : []),
    ...(count > 0 ? [`${count} ${count === 1 ? 'finding' : 'findings'}`] : []),
  ].join(', ');
}

function onKey(event: KeyboardEvent, view: LayoutTableView, shown: readonly MapRegion[]): void {
  const rows = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>('tbody tr')];
  const index = rows.findIndex((row) => row === document.activeElement);
  const region = shown[index];
  if (!region || event.altKey || event.ctrlKey || event.metaKey) return;
  const last = rows.length - 1;
  const targets: Record<string, number> = {
    ArrowDown: index + 1,
    ArrowUp: index - 1,
    PageDown: Math.min(index + PAGE, last),
    PageUp: Math.max(index - PAGE, 0),
    Home: 0,
    End: last,
  };
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
