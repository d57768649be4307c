import type { CommandContribution } from '@diskwright/sdk/protocol';
import { placementField } from '../../common/commands/placementField';
import { type DeviceTarget, volumeName } from '../devices/deviceTarget';
import { type CommandCatalogue, pageCommand } from './commandCatalogue';

/** A command of a plugin that is offered on something, with the name of that in its input. */
export interface PlacedCommand {
  /** The page's. */
  command: string;
  title: string;
  /** A codicon's name. */
  icon: string;
  returns: CommandContribution['returns'];
  args: { input: Record<string, string> };
}

/**
 * The commands of plugins that are offered on a whole device, or on a volume of one.
 * @param on `filesystem`: what the volume holds, by libblkid's name, if that is known
 */
export function placedCommands(
  { commands }: CommandCatalogue,
  on: DeviceTarget & { place: 'device' | 'volume'; filesystem?: string | null | undefined },
): PlacedCommand[] {
  return (commands ?? []).flatMap(({ contribution }) => {
    const { id, title, icon = 'wand', returns, placement = [], filesystems } = contribution;
    const field = placement.includes(on.place) ? placementField(contribution, on.place) : null;
    if (field === null) return [];
    if (on.place === 'volume' && filesystems && !filesystems.includes(on.filesystem ?? '')) return [];
    return [{ command: pageCommand(id), title: `${title}…`, icon, returns, args: { input: { [field]: volumeName(on) } } }];
  });
}
