import type { JobOptions } from '../../common/index';
import { canonicalJson } from '../../common/plan/index';
import type { JobFiles } from './jobFiles';

const NAME = 'options.json';

/** The options that are kept in a job's folder; none when it has none. */
export async function readOptions(files: JobFiles): Promise<JobOptions> {
  const kept = await files.read(NAME);
  return kept ? (JSON.parse(kept.toString('utf8')) as JobOptions) : {};
}

/** Keeps options, so that the job is gone on with as it was begun. */
export async function keepOptions(files: JobFiles, options: JobOptions): Promise<void> {
  await files.replace(NAME, canonicalJson(options));
}
