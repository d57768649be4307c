import type { BrowserWindow } from 'electron';
import { join } from 'node:path';
import type { ElectronModule } from './electronModule';
import { type RunningHost, reachHost } from './hostProcess';
import { installMenu } from './menu';
import { lockDown } from './lockDown';
import { readWindowState, rememberWindowState } from './windowState';

/** The names in the environment by which whoever starts the shell tells it about a host that runs already. */
export interface ShellEnvironment {
  /** The workbench's address with its token. Without it the shell starts a host of its own. */
  DISKWRIGHT_WORKBENCH_URL?: string;
  /** The folder with the built programs; beside this program unless given. */
  DISKWRIGHT_DIST?: string;
  /** Where the window keeps what is its own: cookies, its place on the screen. */
  DISKWRIGHT_WINDOW_FOLDER?: string;
  [name: string]: string | undefined;
}

/**
 * The desktop shell: one window on the workbench of a host, with native menus and dialogs. It has no feature of its own, and the page gets
 * nothing of Electron or Node.
 */
export async function startShell(electron: ElectronModule, environment: ShellEnvironment): Promise<void> {
  const { app } = electron;
  app.enableSandbox();
  const folder = environment.DISKWRIGHT_WINDOW_FOLDER;
  if (folder) app.setPath('userData', folder);
  if (!app.requestSingleInstanceLock()) {
    app.quit();
    return;
  }
  await app.whenReady();
  const host = await reachHost(environment);
  const address = new URL(host.url);
  lockDown(electron, address.origin);
  let window: BrowserWindow | null = openWindow(electron, host);
  installMenu(electron, host, () => window);
  window.on('closed', () => (window = null));
  app.on('second-instance', () => {
    if (!window) return;
    if (window.isMinimized()) window.restore();
    window.focus();
  });
  app.on('window-all-closed', () => app.quit());
  app.on('will-quit', () => host.dispose());
  host.onEnded(() => app.quit());
}

function openWindow(electron: ElectronModule, host: RunningHost): BrowserWindow {
  const stateFile = join(electron.app.getPath('userData'), 'window.json');
  const { bounds, isMaximized } = readWindowState(stateFile, electron.screen);
  const window = new electron.BrowserWindow({
    ...bounds,
    minWidth: 640,
    minHeight: 480,
    title: 'Diskwright',
    show: false,
    webPreferences: {
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webviewTag: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      spellcheck: false,
    },
  });
  if (isMaximized) window.maximize();
  rememberWindowState(window, stateFile);
  window.once('ready-to-show', () => window.show());
  void window.loadURL(host.url);
  return window;
}
