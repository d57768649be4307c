import { html, type TemplateResult } from 'lit';
import type { DeviceLayout } from '@diskwright/sdk/protocol';
import { printable } from '../../common/text/printable';
import { formatSize } from '../../common/text/size';

/** A layout as a table: what is where. @param caption what it is, for screen readers */
export function layoutSummary({ table, partitions, volume }: DeviceLayout, caption: string): TemplateResult {
  if (volume) return html`<p>One volume without a partition table: ${volumeText(volume)}</p>`;
  if (table.type === 'none') return html`<p class="dw-muted">Nothing is recognised on it.</p>`;
  if (partitions.length === 0) return html`<p class="dw-muted">An empty ${table.type.toUpperCase()} partition table.</p>`;
  return html`<table class="dw-table">
    <caption class="dw-visually-hidden">
      ${caption}
    </caption>
    <thead>
      <tr>
        <th scope="col">Partition</th>
        <th scope="col" class="dw-number">Size</th>
        <th scope="col">Filesystem</th>
        <th scope="col" class="dw-number">Used</th>
      </tr>
    </thead>
    <tbody>
      ${partitions.map(
        ({ number, name, typeName, size, filesystem }) =>
          html`<tr>
            <td>${printable(`${number}${name ? ` ${name}` : ''}`)}<span class="dw-muted"> ${printable(typeName)}</span></td>
            <td class="dw-number">${formatSize(size)}</td>
            <td>${filesystem ? printable(`${filesystem.type}${filesystem.label ? ` “${filesystem.label}”` : ''}`) : '—'}</td>
            <td class="dw-number">${typeof filesystem?.used === 'number' ? formatSize(filesystem.used) : ''}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}

function volumeText({ type, label, size, used }: NonNullable<DeviceLayout['volume']>): string {
  const parts = [`${type}${label ? ` “${label}”` : ''}`, formatSize(size)];
  if (used !== null) parts.push(`${formatSize(used)} used`);
  return printable(parts.join(', '));
}
