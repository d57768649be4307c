import { constants } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InvalidInputError } from '@diskwright/sdk/errors';
import type { Plan, PlanDevice } from '@diskwright/sdk/protocol';
import type { JobOptions } from '../../common';
import { parseRescueMap } from '../../common/rescueMap/parseRescueMap';
import { MAX_MAP_BYTES, type RescueMap } from '../../common/rescueMap/rescueMap';
import { reasonOf } from '../systemError';

/** How a plan is to be applied: what is no part of the plan. */
export interface JobSettings extends Pick<JobOptions, 'onError' | 'retries' | 'undoBudget' | 'delta' | 'reflink' | 'digests'> {
  /** Path of a map file of GNU ddrescue, of the plan's only source. */
  map?: string;
}

/**
 * The options of a job as the sector service takes them. A map is checked, and put into the job's folder.
 * @throws InvalidInputError for a map that is none, naming the line, or that cannot be of the plan's source
 */
export async function jobOptionsOf({ map, ...options }: JobSettings, plan: Plan, folder: string): Promise<JobOptions> {
  if (map === undefined) return options;
  const text = await readMapFile(map);
  const source = onlySource(plan, map);
  requireFits(parseRescueMap(text, map), source, map);
  const file = await open(join(folder, 'source.map'), 'wx', 0o600);
  try {
    await file.writeFile(text, 'latin1');
    await file.sync();
  } finally {
    await file.close();
  }
  return { ...options, mapOf: source.name };
}

async function readMapFile(path: string): Promise<string> {
  const refuse = (reason: string): never => {
    throw new InvalidInputError(`cannot read the map ${path}: ${reason}`);
  };
  // Not blocking, or a named pipe would be waited for.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((error: unknown) => refuse(reasonOf(error)));
  try {
    const status = await file.stat();
    if (!status.isFile()) refuse('it is no regular file');
    if (status.size > MAX_MAP_BYTES) refuse(`it has ${status.size} bytes, and a map has at most ${MAX_MAP_BYTES}`);
    return await readFile(file, 'latin1').catch((error: unknown) => refuse(reasonOf(error)));
  } finally {
    await file.close();
  }
}

function onlySource(plan: Plan, map: string): PlanDevice {
  const sources = plan.devices.filter(({ role }) => role === 'source');
  if (sources.length === 1) return sources[0]!;
  throw new InvalidInputError(
    `the plan has ${sources.length === 0 ? 'no source' : `${sources.length} sources`}: ${map} can be a map of one only`,
  );
}

/** What was tried lies on the device. A map may go on with what was not: of a device whose size ddrescue did not know. */
function requireFits({ blocks }: RescueMap, { path, identity }: PlanDevice, map: string): void {
  const last = blocks.findLast(({ status }) => status !== '?');
  const end = last ? last.offset + last.length : 0;
  // An image is cut to whole sectors.
  if (end < identity.size + identity.sectorSize) return;
  throw new InvalidInputError(`${map} is no map of ${path}: it ends at ${end}, the device at ${identity.size}`, {
    todo: 'Give the map of this very device.',
  });
}
