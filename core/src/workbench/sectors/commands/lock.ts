import { html, render } from 'lit';
import { printable } from '../../../common/text/printable';
import { formatSize } from '../../../common/text/size';
import type { SectorDocument } from '../data/sectorDocument';
import { commandCatalogue } from '../../wizards/commandCatalogue';
import { whyMissing } from '../../wizards/whyMissing';
import { writeCommand } from '../data/editJudge';
import type { Sectors } from '../sectors';

/** Why writing this device would be refused or dangerous, in sentences. */
export function reasonsAgainst(sectors: Sectors, { device }: SectorDocument): string[] {
  const disk = sectors.workbench.devices.list?.disks.find(({ path }) => path === device.path);
  return [
    ...(disk?.system ? ['This is a system disk: this machine runs from it.'] : []),
    ...(disk?.mounted.length
      ? [`Mounted at ${disk.mounted.join(', ')}: what is written here can damage what the system holds in memory.`]
      : []),
    ...(device.usage ?? []),
    ...(disk?.readOnly ? ['It is read-only: a plan of the changes can be reviewed and simulated, not applied to it.'] : []),
  ];
}

/** Unlocks after the user was told of what stands against it; locks without a question. Staged bytes stay either way. */
export async function toggleLock(sectors: Sectors, document: SectorDocument): Promise<void> {
  if (document.unlocked) {
    document.unlocked = false;
    return;
  }
  const { commands, host, notifications } = sectors.workbench;
  const missing = whyMissing(commandCatalogue(host), writeCommand);
  if (missing !== null) {
    const actions = [{ label: 'Show Plugins', run: () => commands.run('plugins.show') }];
    notifications.warn('Bytes cannot be changed now', { detail: missing, actions });
    return;
  }
  const { device } = document;
  const label = sectors.workbench.devices.label(device.path);
  const disk = sectors.workbench.devices.list?.disks.find(({ path }) => path === device.path);
  const about = [disk?.model, disk?.serial && `serial ${disk.serial}`, formatSize(device.size), device.path]
    .filter(Boolean)
    .join(', ');
  const reasons = reasonsAgainst(sectors, document);
  const body = window.document.createElement('div');
  body.className = 'dw-sectors-unlock';
  render(
    html`<p><strong>${label}</strong><br />${printable(about)}</p>
      ${
        reasons.length > 0
          ? html`<p>Before you change anything:</p>
              <ul>
                ${reasons.map((reason) => html`<li><i class="codicon codicon-warning" aria-hidden="true"></i> ${printable(reason)}</li>`)}
              </ul>`
          : ''
      }
      <p>
        Bytes that you change stay staged: they are marked here, listed under Pending Changes, and written only by a plan that you
        review and apply. Nothing is written while you type.
      </p>`,
    body,
  );
  const button = await sectors.workbench.dialogs.show({
    title: 'Unlock editing',
    body,
    buttons: [{ label: `Unlock ${label}`, kind: reasons.length > 0 ? 'danger' : 'primary' }, { label: 'Keep it read-only' }],
  });
  if (button !== 0) return;
  document.unlocked = true;
  sectors.workbench.views.reveal('pendingChanges', { focus: false });
}
