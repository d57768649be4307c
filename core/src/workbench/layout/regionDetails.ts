import { html, nothing, type TemplateResult } from 'lit';
import type { ContainerSummary, DeviceLayout } from '@diskwright/sdk/protocol';
import { printable } from '../../common/text/printable';
import { exactSizeText, sizeText } from '../widgets/shared/sizeText';
import { alignmentText } from '../widgets/diskMap/alignment';
import type { MapRegion } from '../widgets/diskMap/regions';
import { regionTitle, sectors, usedPercent } from '../widgets/diskMap/regionText';
import { actionButton } from '../widgets/parts';

/** Something that can be done with the selected region. */
export interface RegionAction {
  label: string;
  icon: string;
  run(): unknown;
}

/** The selected region in full, and what can be done with it. */
export function regionDetailsPanel(
  region: MapRegion | null,
  layout: DeviceLayout,
  actions: readonly RegionAction[],
  extra: { before?: unknown; after?: unknown },
): TemplateResult {
  if (!region) {
    return html`<section class="dw-region-panel" aria-label="Selected region">
      <p class="dw-muted">Select a region on the map or in the table to see all about it.</p>
    </section>`;
  }
  return html`<section class="dw-region-panel" aria-label="Selected region">
    <h2>${region.kind === 'partition' ? 'Partition ' : ''}${regionTitle(region)}</h2>
    ${extra.before ?? nothing}
    <dl class="dw-facts">
      ${facts(region, layout).map(
        ([name, value]) =>
          html`<dt>${name}</dt>
            <dd>${value}</dd>`,
      )}
    </dl>
    ${
      actions.length === 0
        ? nothing
        : html`<div class="dw-actions">${actions.map(({ label, icon: name, run }) => actionButton(name, label, run))}</div>`
    }
    ${extra.after ?? nothing}
  </section>`;
}

function facts(region: MapRegion, layout: DeviceLayout): [string, unknown][] {
  const { partition, filesystem, container, start, size, structures } = region;
  const { sectorSize } = layout.device;
  const rows: [string, unknown][] = [
    ['Size', exactSizeText(size)],
    ['Place', `byte ${start} – ${start + size - 1}`],
    ['', sectors(start, size, sectorSize)],
  ];
  if (partition) {
    rows.push(['Type', html`${printable(partition.typeName)} <code>${printable(partition.type)}</code>`]);
    if (partition.id) rows.push(['Id', html`<code>${printable(partition.id)}</code>`]);
    rows.push(['Alignment', alignmentText(start)]);
  }
  if (filesystem) rows.push(...filesystemFacts(filesystem, size));
  if (container) rows.push(...containerFacts(container));
  if (!filesystem && !container && region.kind === 'partition' && partition!.role !== 'extended')
    rows.push(['Content', 'No plugin knows what it holds']);
  if (structures.length > 0) rows.push(['Holds', printable(structures.join(', '))]);
  return rows;
}

function containerFacts({ type, label, uuid, devices, warnings, locked }: ContainerSummary): [string, unknown][] {
  const rows: [string, unknown][] = [['Member of', html`${printable(type)}${label ? html` “${printable(label)}”` : nothing}`]];
  if (uuid) rows.push(['UUID', html`<code>${printable(uuid)}</code>`]);
  if (locked !== null) return [...rows, ['Locked', printable(locked)]];
  const names = devices.map(({ name, size, unavailable }) => `${name} (${unavailable ?? sizeText(size)})`);
  rows.push(['Devices', printable(names.join(', ') || 'none')]);
  return [...rows, ...warnings.map((warning): [string, unknown] => ['Note', printable(warning)])];
}

function filesystemFacts(
  { type, label, uuid, size, used }: NonNullable<MapRegion['filesystem']>,
  room: number,
): [string, unknown][] {
  const rows: [string, unknown][] = [['Filesystem', html`${printable(type)}${label ? html` “${printable(label)}”` : nothing}`]];
  if (uuid) rows.push(['UUID', html`<code>${printable(uuid)}</code>`]);
  if (used !== null)
    rows.push(['Used', `${sizeText(used)} of ${sizeText(size)} (${usedPercent({ type, label, uuid, size, used })})`]);
  if (room - size >= 4096) rows.push(['Unused tail', `${sizeText(room - size)} behind the end of the filesystem`]);
  return rows;
}
