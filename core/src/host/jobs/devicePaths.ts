import { join } from 'node:path';
import { InvalidInputError } from '@diskwright/sdk/errors';
import type { PlanDevice } from '@diskwright/sdk/protocol';
import { resolveDeviceName } from '../devices/resolveDeviceName';
import { loadPlan } from '../plans/planStore';
import { type ListedDisk, movedDevices } from './movedDevices';

/**
 * Where devices of the plan in a job's folder are now, by their names in it: as somebody says, or else by other names than before.
 * @throws as {@link placedDevices}
 */
export async function devicePaths(
  folder: string,
  given: Record<string, string>,
  dataFolder: string,
  listed: () => Promise<readonly ListedDisk[]>,
): Promise<Record<string, string>> {
  const stored = await loadPlan(join(folder, 'plan.json')).catch(() => null);
  if (!stored) return given;
  const { devices } = stored.plan;
  const placed = placedDevices(devices, given, dataFolder);
  return { ...movedDevices(devices, await listed()), ...placed };
}

/**
 * Where a user says that devices of a plan are, as the sector service takes it.
 * @param given what the user calls them, by their names in the plan
 * @throws InvalidInputError for what is no device of the plan, or names none
 */
export function placedDevices(
  devices: readonly Pick<PlanDevice, 'name'>[],
  given: Record<string, string>,
  dataFolder: string,
): Record<string, string> {
  const names = devices.map(({ name }) => name);
  const unknown = Object.keys(given).find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw new InvalidInputError(`the job's plan has no device named ${unknown}`, {
      todo: `Its devices are: ${names.join(', ')}.`,
    });
  return Object.fromEntries(Object.entries(given).map(([name, path]) => [name, resolveDeviceName(path, dataFolder)]));
}
