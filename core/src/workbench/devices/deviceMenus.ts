import type { ContextValue, Workbench } from '../api';
import { Disposables } from '../api';
import type { CommandCatalogue } from '../wizards/commandCatalogue';
import { placedCommands } from '../wizards/placedCommands';
import type { DeviceTarget } from './deviceTarget';

export const DEVICE_MENU = 'context:device';
export const REGION_MENU = 'context:region';

/** The menus of devices and regions, with the commands of plugins that fit what they are opened on. */
export class DeviceMenus {
  private offered = new Disposables();

  constructor(
    private readonly workbench: Workbench,
    private readonly catalogue: CommandCatalogue,
  ) {
    const { menus } = workbench;
    const entry = (menu: string, command: string, group: string, order: number, when?: string): void => {
      menus.add(menu, { command: `devices.${command}`, group, order, ...(when && { when }) });
    };
    const isDevice = "deviceKind == 'disk' || deviceKind == 'opened' || deviceKind == 'overlay' || deviceKind == 'contained'";
    entry(DEVICE_MENU, 'browseFiles', '1_open', 0, 'isVolume && filesystem');
    entry(DEVICE_MENU, 'openLayout', '1_open', 1, `${isDevice} || deviceKind == 'volume'`);
    entry(DEVICE_MENU, 'openSectors', '1_open', 2);
    entry(DEVICE_MENU, 'unlock', '1_open', 4, 'isLocked');
    entry(DEVICE_MENU, 'openAllocation', '1_open', 3, 'isVolume');
    entry(DEVICE_MENU, 'checkVolume', '2_look', 1, 'isVolume');
    entry(DEVICE_MENU, 'compareWith', '2_look', 2, isDevice);
    entry(DEVICE_MENU, 'export', '3_do', 2, isDevice);
    entry(DEVICE_MENU, 'copyPath', '6_path', 1, `${isDevice} || deviceKind == 'volume'`);
    entry(DEVICE_MENU, 'refresh', '6_path', 2);
    entry(DEVICE_MENU, 'forget', '7_end', 1, "deviceKind == 'opened'");
    entry(DEVICE_MENU, 'removeOverlay', '7_end', 2, "deviceKind == 'overlay'");
    entry(REGION_MENU, 'browseFiles', '1_open', 0, 'isVolume && filesystem');
    entry(REGION_MENU, 'openSectors', '1_open', 1);
    entry(REGION_MENU, 'openAllocation', '1_open', 2, 'isVolume');
    entry(REGION_MENU, 'checkVolume', '2_look', 1, 'isVolume');
  }

  /** @param keys what the menu's entries depend on: `deviceKind`, `isVolume`, and `filesystem`, what the volume holds */
  show(menu: string, at: { x: number; y: number }, target: DeviceTarget, keys: Record<string, ContextValue>): void {
    this.offered.dispose();
    this.offered = new Disposables();
    const isVolume = keys['isVolume'] === true;
    const isDevice = !isVolume && target.partition === undefined && target.offset === undefined;
    if (isVolume || isDevice) {
      const { filesystem } = keys as { filesystem?: string };
      const placed = placedCommands(this.catalogue, { ...target, place: isVolume ? 'volume' : 'device', filesystem });
      for (const { command, args } of placed)
        this.offered.add(this.workbench.menus.add(menu, { command, args, group: '3_plugins' }));
    }
    this.workbench.menus.showContext(menu, at, target, keys);
  }
}
