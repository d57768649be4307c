import { InvalidInputError, RefusedError } from '@diskwright/sdk/errors';
import type { Plan } from '@diskwright/sdk/protocol';
import type { Command } from 'commander';
import { shellWord } from '../common/commandLine/shellWord';
import { encodePlan } from '../common/plan';
import type { Host } from '../host/host';
import type { JobSettings } from '../host/jobs/jobSettings';
import { togetherTitle } from '../host/jobs/togetherTitle';
import { plannedPaths } from '../host/plans/plannedPaths';
import { checkPlanPath, importSideFiles, sideFilesFolder, storePlan, type StoredPlan } from '../host/plans/planStore';
import type { SimulationOptions } from '../host/plans/simulation';
import { requireNoRefusal } from '../host/plans/safety/safetyService';
import type { Application } from './application';
import { confirm, requireTerminal } from './confirm';
import { layoutText } from '../host/text/layoutText';
import { planSummaryText, warningsText } from '../host/text/planText';
import { printable } from '../common/text/printable';
import { followJob } from './followJob';
import { followTogether } from './followTogether';
import { addJobOptions, type JobOptionWords, jobSettings } from './jobOptions';

/** What every operation takes: store the plan, simulate it, or go ahead without asking. */
export interface OperationOptions extends JobOptionWords {
  plan?: string;
  simulate?: boolean;
  yes?: boolean;
}

const OTHERWISE_TOGETHER = 'Give --yes to go ahead, or --simulate to see what would be.';

/** Adds the options that {@link OperationOptions} holds. */
export function addOperationOptions(command: Command): void {
  command
    .option('--plan <file>', 'store the plan in a file and write nothing to a device')
    .option('--simulate', 'apply the plan to an overlay and show the result; nothing is written to a device')
    .option('--yes', 'do not ask before writing, nor whether a plugin may use the devices');
  addJobOptions(command);
}

/** Finds out early what would be refused after the plan was made. @throws InvalidInputError */
export async function checkOperationOptions(options: OperationOptions): Promise<void> {
  if (options.plan !== undefined && options.simulate) throw new InvalidInputError('--plan and --simulate exclude each other');
  if (options.plan !== undefined) await checkPlanPath(options.plan);
  jobSettings(options);
}

/** Deals with a plan that a command answered, as the options say. Answers the exit status. */
export async function runOperation(application: Application, host: Host, plan: Plan, options: OperationOptions): Promise<number> {
  if (options.plan !== undefined) {
    const { path, digest } = await storePlan(plan, options.plan, sideFilesFolder(options.plan), host.sector);
    if (application.json) application.printJson({ plan: path, digest, warnings: plan.warnings });
    else {
      const stored = shellWord(options.plan);
      application.print(`${planSummaryText(plan, digest)}\n\nStored in ${printable(path)}. Nothing was written to a device.`);
      application.print(`Its steps: diskwright plan show ${stored}; what it would make: diskwright plan simulate ${stored}`);
    }
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
  const otherwise = 'Give --yes to go ahead, --simulate to see what would be, or --plan FILE to store the plan.';
  return apply(application, host, plan, { yes: options.yes, otherwise, settings: jobSettings(options) });
}

/** As {@link runOperation} for the plans that a command made for several targets: they are applied together. @param title of the command */
export async function runOperations(
  application: Application,
  host: Host,
  title: string,
  plans: readonly Plan[],
  options: OperationOptions,
): Promise<number> {
  if (options.simulate) {
    for (const plan of plans) {
      if (!application.json) application.print(printable(plan.title));
      await runOperation(application, host, plan, options);
    }
    return 0;
  }
  if (!options.yes) await ask(application, host, plans, OTHERWISE_TOGETHER);
  else if (!application.json)
    application.message(
      [...new Set(plans.flatMap(({ warnings }) => warnings))].map((warning) => warningsText([warning])).join('\n'),
    );
  const placed = plans.map((plan) => ({ plan, paths: plannedPaths(plan) }));
  const settings = jobSettings(options);
  return followTogether(application, plans.map(targetsOf), (follower) =>
    host.jobs.applyTogether(togetherTitle(title, plans), placed, { ...settings, ...follower }),
  );
}

/** Applies a plan to an overlay and shows what the result would be. */
export async function simulate(
  application: Application,
  host: Host,
  stored: StoredPlan,
  options: SimulationOptions = {},
): Promise<number> {
  const { overlay, folder, layout } = await host.simulations.simulate(stored, options, application.signal);
  const { warnings } = stored.plan;
  if (application.json) {
    application.printJson({ overlay, layout, warnings });
    return 0;
  }
  if (warnings.length > 0) application.message(warningsText(warnings));
  application.print(layoutText(layout));
  application.print(`\nNothing was written to a device. The result is the overlay ${overlay}, a device for every command:`);
  application.print(`  diskwright sectors ${overlay}\n  diskwright export ${overlay} --socket PATH`);
  application.print(`It is gone when its folder is removed: rm -r ${shellWord(folder)}`);
  return 0;
}

/** How to apply a plan. */
interface ApplyOptions {
  yes?: boolean;
  settings: JobSettings;
  /** Where a stored plan's side files lie; absent when the sector service holds them. */
  importFrom?: string;
  /** What else can be done when nobody is there to ask. */
  otherwise: string;
}

/** Applies a plan to its target, after asking unless told not to. */
export async function apply(application: Application, host: Host, plan: Plan, options: ApplyOptions): Promise<number> {
  if (options.importFrom !== undefined) await importSideFiles(plan, options.importFrom, host.sector);
  if (!options.yes) await ask(application, host, [plan], options.otherwise);
  else if (!application.json && plan.warnings.length > 0) application.message(warningsText(plan.warnings));
  return followJob(application, (follower) => host.jobs.apply(plan, plannedPaths(plan), { ...options.settings, ...follower }));
}

/** @throws RefusedError when a plan is not the one that was approved by its digest */
export function checkDigest(stored: StoredPlan, digest: string | undefined): void {
  if (digest === undefined || stored.digest === digest.toLowerCase()) return;
  throw new RefusedError(`${stored.path} is not the plan that was approved: its digest is ${stored.digest}, not ${digest}`, {
    todo: 'Look at it with "diskwright plan show", and give the digest that is printed there.',
  });
}

/** Shows the plans and what stands on their targets, and asks once: for the names of all where something would be lost. */
async function ask(application: Application, host: Host, plans: readonly Plan[], otherwise: string): Promise<void> {
  requireTerminal(otherwise);
  const words: string[] = [];
  const questions: string[] = [];
  for (const plan of plans) {
    const safety = await host.safety.assess(plan, application.signal);
    requireNoRefusal(safety);
    application.message(`${planSummaryText(plan, encodePlan(plan).digest)}\n`);
    for (const { layout, replaced } of safety.targets) {
      if (replaced.holdsData && layout) application.message(`On the target now:\n${layoutText(layout)}\n`);
    }
    questions.push(...safety.targets.map(({ replaced }) => printable(replaced.text)));
    if (safety.word !== null) words.push(safety.word);
  }
  await confirm(questions.join('\n'), words.length > 0 ? words.join(' ') : 'yes', application.signal);
}

/** What a plan writes, by name. */
function targetsOf({ devices }: Plan): string {
  const targets = devices.filter(({ role }) => role === 'target');
  return targets.map(({ path }) => path).join(', ');
}
