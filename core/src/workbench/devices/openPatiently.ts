import type { OpenedDevice } from '../../common';
import { OPENING_STAGES } from '../../common/text/openingStage';
import { printable } from '../../common/text/printable';
import type { Workbench } from '../api';
import { withPassphrase } from './unlock';
import { PATIENCE_MILLISECONDS } from '../widgets/shared/patientRead';

/** Opens a device. One that does not answer at once is waited for in a notification, where that can be cancelled; a passphrase is asked for. @throws as `devices/open` */
export function openPatiently(workbench: Workbench, path: string): Promise<OpenedDevice> {
  return withPassphrase(workbench, () => open(workbench, path));
}

async function open({ host, notifications }: Workbench, path: string): Promise<OpenedDevice> {
  const control = new AbortController();
  const opening = host.request('devices/open', { path }, control.signal);
  const patience = new Promise<null>((resolve) => setTimeout(() => resolve(null), PATIENCE_MILLISECONDS));
  const opened = await Promise.race([opening, patience]);
  if (opened) return opened;
  return notifications.progress(`Waiting for ${path}`, (report, signal) => {
    report({ text: 'It has not answered yet. Everything else can be used meanwhile.' });
    signal.addEventListener('abort', () => control.abort(), { once: true });
    const telling = host.on('devices/opening', ({ path: opened, reached }) => {
      if (opened !== path || !reached) return;
      const { step, file, done, total } = reached;
      report({ text: `${OPENING_STAGES[step]} ${printable(file)}`, ...(total > 0 && { fraction: done / total }) });
    });
    return opening.finally(() => telling.dispose());
  });
}
