import type { OpenedDevice } from '../../common';
import type { Workbench } from '../api';
import { PATIENCE_MILLISECONDS } from '../widgets/shared/patientRead';

/** Opens a device. One that does not answer at once is waited for in a notification, where that can be cancelled. @throws as `devices/open` */
export async function openPatiently({ host, notifications }: Workbench, path: string): Promise<OpenedDevice> {
  const control = new AbortController();
  const opening = host.request('devices/open', { path }, control.signal);
  const patience = new Promise<null>((resolve) => setTimeout(() => resolve(null), PATIENCE_MILLISECONDS));
  const opened = await Promise.race([opening, patience]);
  if (opened) return opened;
  return notifications.progress(`Waiting for ${path}`, (report, signal) => {
    report({ text: 'It has not answered yet. Everything else can be used meanwhile.' });
    signal.addEventListener('abort', () => control.abort(), { once: true });
    return opening;
  });
}
