/** The program of Electron's main process. */
import * as electron from 'electron';
import { startShell } from './shell';

void startShell(electron, process.env).catch((error: unknown) => {
  electron.dialog.showErrorBox('Diskwright cannot start', error instanceof Error ? error.message : String(error));
  electron.app.exit(1);
});
