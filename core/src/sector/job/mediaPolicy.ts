import { InvalidInputError } from '@diskwright/sdk/errors';
import { ExtentList } from '@diskwright/sdk/extents';
import type { Plan } from '@diskwright/sdk/protocol';
import type { JobOptions } from '../../common/index';
import { errorPolicyOf } from '../../common/jobs/errorPolicy';
import { parseRescueMap } from '../../common/rescueMap/parseRescueMap';
import { BAD_STATUSES, rangesWith } from '../../common/rescueMap/rescueMap';
import type { MediaPolicy } from '../plan/mediaPolicy';
import type { JobFiles } from './jobFiles';

const NONE = ExtentList.fromRanges([]);

/** What a job does about bad media. @throws InvalidInputError when its options do not fit the plan, or the map is none */
export async function mediaPolicyOf(files: JobFiles, plan: Plan, options: JobOptions): Promise<MediaPolicy> {
  const bad = options.mapOf === undefined ? NONE : await badRangesIn(files, plan, options.mapOf);
  return { ...errorPolicyOf(options), badRangesOf: (device) => (device === options.mapOf ? bad : NONE) };
}

async function badRangesIn(files: JobFiles, plan: Plan, name: string): Promise<ExtentList> {
  const device = plan.devices.find((candidate) => candidate.name === name && candidate.role === 'source');
  if (!device) throw new InvalidInputError(`the plan has no source ${name} that the map could be of`);
  const text = await files.read('source.map');
  if (!text) throw new InvalidInputError(`the map of ${name} is not in the job's folder`);
  const { size } = device.identity;
  const ranges = [...rangesWith(parseRescueMap(text.toString('latin1'), 'source.map'), BAD_STATUSES)];
  // A map may be of an image that was cut to whole sectors.
  return ExtentList.fromRanges(
    ranges
      .map(({ offset, length }) => ({ offset, length: Math.min(offset + length, size) - offset }))
      .filter(({ length }) => length > 0),
  );
}
