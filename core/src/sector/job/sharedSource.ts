import type { SharedReader } from '@diskwright/native';
import type { Plan } from '@diskwright/sdk/protocol';
import { native } from '../native';

/** What is kept until all have taken it: the distance between the fastest and the slowest. */
const CAPACITY_BYTES = 64 * 1024 * 1024;

/**
 * Parts in shared reads for jobs that are started together: whoever gets one leaves it at the job's end. Null for each where they read nothing
 * in common.
 */
export function shareSources(jobs: readonly { plan: Plan; paths: Record<string, string> }[]): (SharedReader | null)[] {
  const [first, ...others] = jobs.map(sourcesOf);
  if (others.length === 0 || first === '' || others.some((sources) => sources !== first)) return jobs.map(() => null);
  const reads = new native.SharedReads({ capacityBytes: CAPACITY_BYTES });
  return jobs.map(() => new native.SharedReader(reads));
}

function sourcesOf({ plan, paths }: { plan: Plan; paths: Record<string, string> }): string {
  const sources = plan.devices.filter(({ role }) => role === 'source');
  return sources.map(({ name, path }) => (Object.hasOwn(paths, name) ? paths[name] : path)).join('\n');
}
