import { html, render } from 'lit';
import type { Workbench } from '../api';
import '../widgets/copyText';

/** Serves a device over NBD and says where, with a way to end it. Only overlays can be written. */
export async function exportDevice({ devices, dialogs, host, notifications }: Workbench, path: string): Promise<void> {
  const { deviceId } = await devices.open(path);
  const isOverlay = devices.list?.overlays.some(({ name }) => name === path) ?? false;
  const buttons = [
    { label: 'Export Read-only', kind: 'primary' as const },
    ...(isOverlay ? [{ label: 'Export Writable' }] : []),
    { label: 'Cancel' },
  ];
  const body = isOverlay
    ? 'Any NBD client on this machine can then read it: qemu, nbdcopy, nbdfuse. An overlay can be written, too; the device under it is not touched.'
    : 'Any NBD client on this machine can then read it: qemu, nbdcopy, nbdfuse. It cannot be written.';
  const answer = await dialogs.show({ title: `Export ${devices.label(path)} over NBD`, body, buttons });
  if (answer === null || answer === buttons.length - 1) return;
  const { exportId, uri } = await host.request('exports/start', { deviceId, socketPath: null, writable: answer === 1 });
  const place = document.createElement('div');
  render(
    html`<p>It is served until you stop it or the workbench ends, at</p>
      <dw-copy-text .text=${uri} .label=${'Address'}></dw-copy-text>`,
    place,
  );
  const stop = (): Promise<unknown> => host.request('exports/stop', { exportId });
  const next = await dialogs.show({
    title: `${devices.label(path)} is exported`,
    body: place,
    buttons: [{ label: 'Keep Exporting', kind: 'primary' }, { label: 'Stop Exporting' }],
  });
  if (next === 1) await stop();
  else
    notifications.info(`${devices.label(path)} is exported over NBD`, {
      detail: uri,
      actions: [{ label: 'Stop Exporting', run: stop }],
    });
}
