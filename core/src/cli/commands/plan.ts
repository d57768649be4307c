import type { Command } from 'commander';
import { loadPlan } from '../../host/plans/planStore';
import type { Application } from '../application';
import { apply, checkDigest, simulate } from '../operation';
import { addJobOptions, type JobOptionWords, jobSettings } from '../jobOptions';
import { planText } from '../../host/text/planText';

const DIGEST_OPTION = ['--digest <sha256>', 'refuse the plan unless it is the one with this digest'] as const;

export function registerPlan(program: Command, application: Application, exit: (status: number) => void): void {
  const plan = program.command('plan').description('Plans: what shall be written, stored as a file').helpCommand(false);

  plan
    .command('show <plan>')
    .description('Show a plan in words: every step, warnings, the layout to be expected')
    .action(async (path: string) => {
      const stored = await loadPlan(path);
      if (application.json) application.printJson({ digest: stored.digest, plan: stored.plan });
      else application.print(planText(stored.plan, stored.digest));
    });

  plan
    .command('simulate <plan>')
    .description('Apply a plan to an overlay: the result is a device to look at, and nothing is written to one')
    .option('--overlay <name>', 'name of the overlay; made from the digest unless given')
    .option('--target <name>', 'of a plan with several targets, the name in the plan of the one whose result is wanted')
    .option(...DIGEST_OPTION)
    .action(async (path: string, options: { overlay?: string; target?: string; digest?: string }) => {
      const stored = await loadPlan(path);
      checkDigest(stored, options.digest);
      const { overlay: name, target } = options;
      exit(await simulate(application, await application.host(), stored, { name, target }));
    });

  const applying = plan
    .command('apply <plan>')
    .description('Write a plan to its target, after asking')
    .option('--yes', 'do not ask before writing')
    .option(...DIGEST_OPTION)
    .action(async (path: string, options: JobOptionWords & { yes?: boolean; digest?: string }) => {
      const settings = jobSettings(options);
      const stored = await loadPlan(path);
      checkDigest(stored, options.digest);
      const host = await application.host();
      const otherwise = `Give --yes to go ahead, or see what would be: diskwright plan simulate ${path}`;
      exit(
        await apply(application, host, stored.plan, { yes: options.yes, importFrom: stored.blobsFolder, otherwise, settings }),
      );
    });
  addJobOptions(applying);
}
