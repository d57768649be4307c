import { InvalidInputError } from '@diskwright/sdk/errors';
import type { Plan } from '@diskwright/sdk/protocol';
import { open } from 'node:fs/promises';
import { checkPlan, MAX_PLAN_BYTES, parsePlan, PlanSideFiles } from '../../common/plan/index';
import { BlobFolder } from './blobFolder';

/** A plan that may be applied as far as it can be told without its devices. */
export interface StoredPlan {
  plan: Plan;
  digest: string;
  sideFiles: PlanSideFiles;
}

/**
 * Reads a plan with its side files and checks everything that can be checked without a device.
 * @throws InvalidInputError for what is no plan; RefusedError for a plan that is not the approved one or does what no plan may
 */
export async function readStoredPlan(
  path: string,
  blobsFolder: string,
  digest: string,
  signal?: AbortSignal,
): Promise<StoredPlan> {
  const plan = parsePlan(await readPlanFile(path), digest);
  const sideFiles = await PlanSideFiles.load(plan, new BlobFolder(blobsFolder), signal);
  checkPlan(plan, sideFiles);
  return { plan, digest, sideFiles };
}

async function readPlanFile(path: string): Promise<Buffer> {
  const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    throw new InvalidInputError(`the plan ${path} cannot be opened: ${error.message}`);
  });
  try {
    const { size } = await file.stat();
    if (size > MAX_PLAN_BYTES) throw new InvalidInputError(`the plan ${path} has ${size} bytes, more than ${MAX_PLAN_BYTES}`);
    return await file.readFile();
  } finally {
    await file.close();
  }
}
