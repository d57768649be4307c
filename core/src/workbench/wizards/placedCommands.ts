import type { CommandContribution } from '@diskwright/sdk/protocol';
import { placementField } from '../../common/commands/placementField';
import { type DeviceTarget, volumeName } from '../devices/deviceTarget';
import { type CommandCatalogue, pageCommand, pageView } from './commandCatalogue';

/** A command of a plugin that is offered on something, with the name of that in its input; or a view that is opened on it. */
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
 * The commands and views of plugins that are offered on a whole device, or on a volume of one.
 * @param on `filesystem`: what the volume holds, by libblkid's name, if that is known
 */
export function placedCommands(
  { commands, views }: CommandCatalogue,
  on: DeviceTarget & { place: 'device' | 'volume'; filesystem?: string | null | undefined },
): PlacedCommand[] {
  const placed = (commands ?? []).flatMap(({ contribution }): PlacedCommand[] => {
    const { id, title, icon = 'wand', returns, placement = [], filesystems } = contribution;
    const field = placement.includes(on.place) ? placementField(contribution, on.place) : null;
    if (field === null) return [];
    if (on.place === 'volume' && filesystems && !filesystems.includes(on.filesystem ?? '')) return [];
    return [{ command: pageCommand(id), title: `${title}…`, icon, returns, args: { input: { [field]: volumeName(on) } } }];
  });
  const shown = (views ?? []).flatMap(({ contribution: { id, title, icon = 'preview', subject } }) =>
    subject === on.place
      ? [
          {
            command: pageView(id),
            title: `${title}…`,
            icon,
            returns: 'view' as const,
            args: { input: { subject: volumeName(on) } },
          },
        ]
      : [],
  );
  return [...placed, ...shown];
}
