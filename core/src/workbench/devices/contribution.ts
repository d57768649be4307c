import type { Contribution } from '../api';
import { registerAllocationEditor } from '../allocation/contribution';
import { registerFindingsView } from '../findings/contribution';
import { FindingsModel } from '../findings/findingsModel';
import { registerLayoutEditor } from '../layout/contribution';
import { ElementWidget } from '../widgets/elementPane';
import { commandCatalogue } from '../wizards/commandCatalogue';
import { registerDeviceCommands } from './deviceCommands';
import { DeviceMenus } from './deviceMenus';
import { DevicesView } from './devicesView';
import { tellShownDevices } from './shownDevices';

/** Devices, their layouts and volumes, and what is wrong with them. */
export const deviceFeatures: Contribution = (workbench) => {
  const { views, keybindings, menus } = workbench;
  const findings = new FindingsModel();
  const deviceMenus = new DeviceMenus(workbench, commandCatalogue(workbench.host));
  registerDeviceCommands(workbench, findings);
  tellShownDevices(workbench);
  registerFindingsView(workbench, findings);
  registerLayoutEditor(workbench, findings, deviceMenus);
  registerAllocationEditor(workbench);
  views.register({
    id: 'devices',
    title: 'Devices',
    icon: 'vm',
    place: 'sidebar',
    order: 1,
    create: () => new ElementWidget(new DevicesView(workbench, deviceMenus, findings)),
  });
  keybindings.add({ keys: 'F5', command: 'devices.refresh' });
  keybindings.add({ keys: 'Ctrl+O', command: 'devices.openFile' });
  keybindings.add({ keys: 'Ctrl+Shift+O', command: 'devices.openByName' });
  for (const [order, command] of ['openFile', 'openByName'].entries())
    menus.add('file', { command: `devices.${command}`, group: '1_open', order });
  for (const [order, command] of [
    'openLayout',
    'browseFiles',
    'openSectors',
    'openAllocation',
    'checkVolume',
    'export',
    'refresh',
  ].entries()) {
    menus.add('disk', { command: `devices.${command}`, group: '1_devices', order });
  }
};
