import { basename } from 'node:path';
import { InvalidInputError } from '@diskwright/sdk/errors';
import type { Plan } from '@diskwright/sdk/protocol';
import { encodePlan } from '../common/plan';
import type { Host } from '../host/host';
import { sideFilesFolder, storePlan, type StoredPlan } from '../host/plans/planStore';
import type { Application } from './application';
import { confirm } from './confirm';
import { jobResultText } from './text/jobText';
import { layoutText } from './text/layoutText';
import { planText } from './text/planText';
import { ProgressBar } from './text/progressBar';

/** What every operation takes: store the plan, simulate it, or go ahead without asking. */
export interface OperationOptions {
  plan?: string;
  simulate?: boolean;
  yes?: boolean;
}

/** Deals with a plan that a command answered, as the options say. Answers the exit status. */
export async function runOperation(application: Application, host: Host, plan: Plan, options: OperationOptions): Promise<number> {
  if (options.plan !== undefined && options.simulate) throw new InvalidInputError('--plan and --simulate exclude each other');
  if (options.plan !== undefined) {
    const stored = await storePlan(plan, options.plan, sideFilesFolder(options.plan), host.sector);
    if (application.json) application.printJson({ plan: stored.path, digest: stored.digest });
    else application.print(`${planText(plan, stored.digest)}\n\nStored in ${stored.path}. Nothing was written to a device.`);
    return 0;
  }
  if (options.simulate) {
    const stored = await host.simulations.storeTemporarily(plan);
    try {
      return await simulate(application, host, stored);
    } finally {
      await stored.remove();
    }
  }
  return apply(application, host, plan, { yes: options.yes });
}

/** Applies a plan to an overlay and shows what the result would be. */
export async function simulate(application: Application, host: Host, stored: StoredPlan, overlayName?: string): Promise<number> {
  const { overlay, layout } = await host.simulations.simulate(stored, overlayName, application.signal);
  if (application.json) application.printJson({ overlay, layout, warnings: stored.plan.warnings });
  else {
    for (const warning of stored.plan.warnings) application.message(`warning: ${warning}`);
    application.print(
      `${layoutText(layout)}\n\nNothing was written. The result is the overlay ${overlay}; use it as a device, such as: diskwright layout ${overlay}`,
    );
  }
  return 0;
}

/** Applies a plan to its target, after asking unless told not to. `importFrom` is where a stored plan's side files lie. */
export async function apply(
  application: Application,
  host: Host,
  plan: Plan,
  options: { yes?: boolean; importFrom?: string },
): Promise<number> {
  if (!options.yes) await ask(application, host, plan);
  else if (!application.json) for (const warning of plan.warnings) application.message(`warning: ${warning}`);
  const bar = new ProgressBar(process.stderr);
  const paths = Object.fromEntries(plan.devices.map(({ name, path }) => [name, path]));
  let jobId = '';
  const result = await host.jobs
    .apply(plan, paths, {
      importFrom: options.importFrom,
      signal: application.signal,
      onStart: (id) => {
        jobId = id;
        if (!application.json) application.message(`job ${id}`);
      },
      onProgress: (progress) => {
        if (application.json) application.printJson({ jobId, progress });
        else bar.update(progress);
      },
    })
    .finally(() => bar.clear());
  if (application.json) application.printJson({ jobId, result });
  else if (result.exitStatus === 0) application.print(jobResultText(result));
  else application.message(`${jobResultText(result)}\nThe whole record: diskwright jobs show ${jobId}`);
  return result.exitStatus;
}

/** Shows the plan and what stands on the target, and asks for its name where something does. */
async function ask(application: Application, host: Host, plan: Plan): Promise<void> {
  const { digest } = encodePlan(plan);
  application.message(planText(plan, digest));
  const target = plan.devices.find((device) => device.role === 'target')!;
  const { deviceId } = await host.devices.open(target.path);
  const layout = await host.layouts.read(deviceId, application.signal);
  const holdsData = layout.table.type !== 'none' || layout.volume !== null;
  const word = holdsData ? basename(target.path) : 'yes';
  const what = holdsData
    ? `On the target now:\n${layoutText(layout)}\n\nAll of it will be replaced.`
    : `Nothing is recognised on ${target.path}.`;
  await confirm(`\n${what}`, word, application.signal);
}
