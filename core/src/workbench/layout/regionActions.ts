import type { Workbench } from '../api';
import { isMembership } from '../../common/isMembership';
import { volumeName } from '../devices/deviceTarget';
import type { MapRegion } from '../widgets/diskMap/regions';
import { commandCatalogue } from '../wizards/commandCatalogue';
import { placedCommands } from '../wizards/placedCommands';
import type { RegionAction } from './regionDetails';

/** Of a container; the others are under the volume in the devices view. */
const MAX_DEVICES = 8;

/** What can be done with a region as it is on the device. */
export function regionActions(
  { commands, host }: Workbench,
  { path, sectorSize }: { path: string; sectorSize: number },
  region: MapRegion,
): RegionAction[] {
  const { partition, kind, start, size, filesystem, container } = region;
  const action = (command: string, label: string, icon: string, args: object): RegionAction => ({
    label,
    icon,
    run: () => commands.run(command, { path, ...args }),
  });
  const actions = [
    action('devices.openSectors', 'Sectors at start', 'file-binary', { offset: start, length: Math.min(size, sectorSize) }),
  ];
  if (kind === 'volume' || (partition && partition.role !== 'extended')) {
    const volume = { partition: partition?.number ?? 0 };
    if (filesystem && !isMembership(filesystem, container))
      actions.unshift(action('devices.browseFiles', 'Browse files', 'files', volume));
    if (container?.locked) actions.unshift(action('devices.unlock', 'Give the passphrase…', 'key', volume));
    const inside = (container?.devices ?? []).filter(({ unavailable }) => unavailable === undefined).slice(0, MAX_DEVICES);
    for (const { name } of inside.reverse())
      actions.unshift(action('devices.openNamed', `Open ${name}`, 'vm', { path: `${volumeName({ path, ...volume })}@${name}` }));
    actions.push(
      action('devices.openAllocation', 'Allocation map', 'table', volume),
      action('devices.checkVolume', 'Check volume', 'check-all', volume),
    );
    const placed = placedCommands(commandCatalogue(host), { path, ...volume, place: 'volume', filesystem: filesystem?.type });
    for (const { command, title, icon, args } of placed)
      actions.push({ label: title, icon, run: () => commands.run(command, args) });
  }
  return actions;
}
