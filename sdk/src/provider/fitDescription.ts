import type { ContainerDescription } from '../protocol/types';

/** What a message takes. */
const MAX_LINES = 64;
const MAX_DEVICES = 1024;

/** The description of a container, within what a message takes: of longer lists the first entries, and how many more there are. */
export function fitDescription(description: ContainerDescription): ContainerDescription {
  const { details, warnings, devices } = description;
  const unlisted = devices.length - MAX_DEVICES;
  return {
    ...description,
    details: atMost(details, (count) => ['and', `${count} more`]),
    warnings: atMost(
      unlisted > 0 ? [`Only the first ${MAX_DEVICES} of ${devices.length} devices are listed.`, ...warnings] : warnings,
      (count) => `There are ${count} more warnings.`,
    ),
    devices: devices.slice(0, MAX_DEVICES),
  };
}

function atMost<T>(lines: readonly T[], more: (count: number) => T): T[] {
  if (lines.length <= MAX_LINES) return [...lines];
  return [...lines.slice(0, MAX_LINES - 1), more(lines.length - MAX_LINES + 1)];
}
