import type { Plan } from '@diskwright/sdk/protocol';

/** What jobs are together that are started for one command: `Clone a disk: /dev/sda onto 4 targets`. */
export function togetherTitle(command: string, plans: readonly Plan[]): string {
  const sources = plans[0]!.devices.filter(({ role }) => role === 'source').map(({ path }) => path);
  return `${command}: ${[...sources, ''].join(' ')}onto ${plans.length} targets`;
}
