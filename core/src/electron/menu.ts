import type { BrowserWindow, MenuItemConstructorOptions } from 'electron';
import type { ElectronModule } from './electronModule';
import type { RunningHost } from './hostProcess';

/**
 * The native menu: what belongs to a window of the system, and the ways into the workbench that a system's menu is looked for. Everything else is in the
 * page's own menus. Keys are the page's, but for those of the system.
 */
export function installMenu(electron: ElectronModule, host: RunningHost, window: () => BrowserWindow | null): void {
  const run = (command: string, args?: unknown): void => {
    host.run(command, args).catch((error: Error) => electron.dialog.showErrorBox('Diskwright', error.message));
  };
  const item = (label: string, command: string): MenuItemConstructorOptions => ({ label, click: () => run(command) });
  const openImage = async (): Promise<void> => {
    const options = { title: 'Open an image', properties: ['openFile' as const], buttonLabel: 'Open' };
    const parent = window();
    const { canceled, filePaths } = parent
      ? await electron.dialog.showOpenDialog(parent, options)
      : await electron.dialog.showOpenDialog(options);
    if (!canceled && filePaths[0] !== undefined) run('devices.openLayout', { path: filePaths[0] });
  };
  const template: MenuItemConstructorOptions[] = [
    {
      label: '&File',
      submenu: [
        { label: 'Open Image…', click: () => void openImage() },
        item('Open by Name or NBD URI…', 'devices.openByName'),
        { type: 'separator' },
        item('Settings', 'preferences.settings'),
        { type: 'separator' },
        { role: 'quit' },
      ],
    },
    {
      label: '&Edit',
      submenu: [{ role: 'cut' }, { role: 'copy' }, { role: 'paste' }, { role: 'selectAll' }],
    },
    {
      label: '&View',
      submenu: [
        item('Command Palette…', 'palette.commands'),
        item('Colour Theme…', 'preferences.theme'),
        { type: 'separator' },
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { role: 'togglefullscreen' },
      ],
    },
    { label: '&Help', submenu: [item('Welcome', 'help.welcome')] },
  ];
  electron.Menu.setApplicationMenu(electron.Menu.buildFromTemplate(template));
}
