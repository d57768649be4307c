import type { App, BrowserWindow, BrowserWindowConstructorOptions, Dialog, Menu, Screen, Session, Shell } from 'electron';

/** What the shell uses of Electron: given to it, so that it can be tested where no Electron runs. */
export interface ElectronModule {
  app: App;
  BrowserWindow: new (options: BrowserWindowConstructorOptions) => BrowserWindow;
  Menu: Pick<typeof Menu, 'buildFromTemplate' | 'setApplicationMenu'>;
  dialog: Dialog;
  screen: Screen;
  session: { defaultSession: Session };
  shell: Shell;
}
