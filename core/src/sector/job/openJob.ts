import { join } from 'node:path';
import type { JobOptions } from '../../common/index';
import type { MediaPolicy } from '../plan/mediaPolicy';
import { readStoredPlan, type StoredPlan } from '../plan/storedPlan';
import { JobFolder, type JobOpening } from './jobFolder';
import { keepOptions, readOptions } from './jobOptions';
import { mediaPolicyOf } from './mediaPolicy';
import type { JobHooks } from './runningJob';

/** A job as somebody asks for it. */
export interface AskedJob {
  folder: string;
  opening: JobOpening;
  /** The plan that was approved. */
  digestOf(folder: JobFolder): Promise<string>;
  paths: Record<string, string>;
  /** In place of those that are kept; they are kept from now on. */
  options?: JobOptions;
}

/** A job whose folder is this process's; whoever opened it closes the folder. */
export interface OpenedJob {
  folder: JobFolder;
  stored: StoredPlan;
  options: JobOptions;
  media: MediaPolicy;
  paths: Record<string, string>;
}

/** Takes a job's folder, and reads its plan and its options. @throws what {@link JobFolder.open} and reading a plan throw */
export async function openJob(
  hooks: JobHooks,
  { folder: path, opening, digestOf, paths, options: given }: AskedJob,
): Promise<OpenedJob> {
  const folder = await JobFolder.open(path, opening, null, hooks.openFiles);
  try {
    const stored = await readStoredPlan(join(path, 'plan.json'), join(path, 'blobs'), await digestOf(folder));
    const options = { ...(await readOptions(folder.files)), ...given };
    const media = await mediaPolicyOf(folder.files, stored.plan, options);
    if (given) await keepOptions(folder.files, options);
    return { folder, stored, options, media, paths };
  } catch (error) {
    await folder.close();
    throw error;
  }
}
