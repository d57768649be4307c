import type { Plan } from '@diskwright/sdk/protocol';

/** Where the devices of a plan were when it was made, by their names in it. */
export function plannedPaths({ devices }: Plan): Record<string, string> {
  return Object.fromEntries(devices.map(({ name, path }) => [name, path]));
}
