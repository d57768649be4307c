import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Plan } from '@diskwright/sdk/protocol';
import type { JobResult } from '../../core/src/common/index';
import { encodePlan } from '../../core/src/common/plan/index';
import { createJobRunner } from '../../core/src/sector/job/jobRunner';
import type { JobHooks } from '../../core/src/sector/job/runningJob';
import { makeUndoPlan } from '../../core/src/sector/job/undo/undoPlan';
import type { JobEnvironment } from './jobs';

let undos = 0;

/** Makes the plan that undoes a job, in a job folder of its own. `paths`: where its devices are, unless where its plan says. */
export async function undoPlan(
  environment: JobEnvironment,
  folder: string,
  paths: Record<string, string> = {},
): Promise<{ plan: Plan; undoFolder: string; digest: string }> {
  const undoFolder = join(environment.home, 'jobs', `undo-${++undos}`);
  const blobs = join(undoFolder, 'blobs');
  await mkdir(blobs, { recursive: true });
  const plan = await makeUndoPlan({
    context: environment.context,
    folder,
    paths,
    putExtents: async (list) => {
      const reference = list.reference();
      await writeFile(join(blobs, reference.digest), list.blob);
      return reference;
    },
  });
  const { bytes, digest } = encodePlan(plan);
  await writeFile(join(undoFolder, 'plan.json'), bytes);
  return { plan, undoFolder, digest };
}

/** Undoes a job to the end. */
export async function undoJob(
  environment: JobEnvironment,
  folder: string,
  hooks: JobHooks = {},
  paths: Record<string, string> = {},
): Promise<JobResult & { folder: string }> {
  const { undoFolder, digest } = await undoPlan(environment, folder, paths);
  const runner = createJobRunner(environment.context, hooks);
  const ended = new Promise<JobResult>((resolve) => runner.onEnded((_, result) => resolve(result)));
  await runner.start({ folder: undoFolder, digest, paths: {} });
  return { ...(await ended), folder: undoFolder };
}
