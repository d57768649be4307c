import type { Workbench } from '../api';
import { targetOfEditor } from './deviceTarget';

/** Tells the host which devices this window shows, so that it stays connected to exports among them. */
export function tellShownDevices({ editors, host }: Workbench): void {
  let told = '';
  const tell = (): void => {
    const paths = [...new Set(editors.all().flatMap((pane) => targetOfEditor(pane)?.path ?? []))];
    const text = JSON.stringify(paths);
    if (text === told || host.state !== 'connected') return;
    told = text;
    // Without a connection it is told with the next one.
    host.request('devices/shown', { paths }).catch(() => undefined);
  };
  editors.onDidChange(tell);
  host.onDidChangeState(() => {
    told = '';
    tell();
  });
}
