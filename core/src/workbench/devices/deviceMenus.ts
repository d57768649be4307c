import type { ContextValue, Workbench } from '../api';
import { Disposables } from '../api';
import { type CommandCatalogue, type ContributedCommand } from '../wizards/commandCatalogue';
import { pageCommand } from '../wizards/contribution';
import { type DeviceTarget, volumeName } from './deviceTarget';

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
    const isDevice = "deviceKind == 'disk' || deviceKind == 'opened' || deviceKind == 'overlay'";
    entry(DEVICE_MENU, 'openLayout', '1_open', 1, `${isDevice} || deviceKind == 'volume'`);
    entry(DEVICE_MENU, 'openSectors', '1_open', 2);
    entry(DEVICE_MENU, 'openAllocation', '1_open', 3, 'isVolume');
    entry(DEVICE_MENU, 'checkVolume', '2_look', 1, 'isVolume');
    entry(DEVICE_MENU, 'compareWith', '2_look', 2, isDevice);
    entry(DEVICE_MENU, 'clone', '3_do', 1, `${isDevice} || isVolume`);
    entry(DEVICE_MENU, 'export', '3_do', 2, isDevice);
    entry(DEVICE_MENU, 'copyPath', '6_path', 1, `${isDevice} || deviceKind == 'volume'`);
    entry(DEVICE_MENU, 'refresh', '6_path', 2);
    entry(DEVICE_MENU, 'forget', '7_end', 1, "deviceKind == 'opened'");
    entry(DEVICE_MENU, 'removeOverlay', '7_end', 2, "deviceKind == 'overlay'");
    entry(REGION_MENU, 'openSectors', '1_open', 1);
    entry(REGION_MENU, 'openAllocation', '1_open', 2, 'isVolume');
    entry(REGION_MENU, 'checkVolume', '2_look', 1, 'isVolume');
    entry(REGION_MENU, 'clone', '3_do', 1, 'isVolume');
  }

  /** @param keys what the menu's entries depend on: `deviceKind`, `isVolume` */
  show(menu: string, at: { x: number; y: number }, target: DeviceTarget, keys: Record<string, ContextValue>): void {
    this.offered.dispose();
    this.offered = new Disposables();
    const isVolume = keys['isVolume'] === true;
    for (const command of this.catalogue.commands ?? []) {
      const input = fittingInput(command, target, isVolume);
      if (input)
        this.offered.add(
          this.workbench.menus.add(menu, { command: pageCommand(command.contribution.id), args: { input }, group: '5_plugins' }),
        );
    }
    this.workbench.menus.showContext(menu, at, target, keys);
  }
}

/** A command's input with the target in it; null when the command is not offered on such a thing. */
function fittingInput(
  { contribution }: ContributedCommand,
  target: DeviceTarget,
  isVolume: boolean,
): Record<string, string> | null {
  const place = isVolume ? 'volume' : 'device';
  if (!contribution.placement?.includes(place) || (!isVolume && target.offset !== undefined)) return null;
  const { properties, required = [] } = contribution.input;
  const fields = required.filter((name) => {
    const field = properties[name];
    return field?.type === 'string' && field.format === place;
  });
  return fields.length === 1 ? { [fields[0]!]: volumeName(target) } : null;
}
