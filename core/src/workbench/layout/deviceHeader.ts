import { html, type TemplateResult } from 'lit';
import type { DeviceLayout } from '@diskwright/sdk/protocol';
import type { OpenedDevice } from '../../common';
import { printable } from '../../common/text/printable';
import { exactSizeText } from '../widgets/shared/sizeText';
import type { Workbench } from '../api';
import { callout, icon } from '../widgets/parts';
import { deviceBadges } from '../devices/deviceBadges';

/** What the device is, where its bytes come from, and in what state it is. */
export function deviceHeader(workbench: Workbench, device: OpenedDevice, layout: DeviceLayout): TemplateResult {
  const { path, size, sectorSize, physicalSectorSize, identity, usage = [] } = device;
  const disk = workbench.devices.list?.disks.find((candidate) => candidate.path === path);
  const overlay = workbench.devices.list?.overlays.find(({ name }) => name === path);
  const facts = [
    exactSizeText(size),
    `sectors of ${sectorSize}${physicalSectorSize === sectorSize ? '' : ` (physical ${physicalSectorSize})`} bytes`,
    layout.table.type === 'none' ? 'no partition table' : `${layout.table.type.toUpperCase()} ${layout.table.id ?? ''}`.trim(),
    ...(identity.serial ? [`serial ${identity.serial}`] : []),
    ...(disk?.transport ? [disk.transport.toUpperCase()] : []),
    ...(overlay ? [`overlay on ${overlay.base}`] : []),
  ];
  return html`<header class="dw-layout-header">
    <div class="dw-layout-name">
      <h1 class="dw-tool-title">
        ${icon(overlay ? 'layers' : identity.kind === 'file' ? 'file' : identity.kind === 'nbd' ? 'broadcast' : 'vm')}${workbench.devices.label(path)}
      </h1>
      <span class="dw-layout-path">${printable(path)}</span>
      ${deviceBadges({ readOnly: device.readOnly && disk?.readOnly === true, system: disk?.system ?? false, mounted: disk?.mounted ?? [] })}
      <button
        type="button"
        class="dw-icon-button"
        title="Read again"
        aria-label="Read again"
        @click=${() => workbench.devices.refresh(path)}
      >
        ${icon('refresh')}
      </button>
    </div>
    <div class="dw-muted">${printable(facts.join(' · '))}</div>
    ${usage.length > 0 ? callout('info', html`In use: ${printable(usage.join('; '))}. It can be looked at, and is not written while that lasts.`) : ''}
  </header>`;
}
