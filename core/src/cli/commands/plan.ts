import type { Command } from 'commander';
import { loadPlan } from '../../host/plans/planStore';
import type { Application } from '../application';
import { apply, simulate } from '../operation';
import { planText } from '../text/planText';

export function registerPlan(program: Command, application: Application, exit: (status: number) => void): void {
  const plan = program.command('plan').description('plans: what shall be written, as a file');

  plan
    .command('show <plan>')
    .description('a plan in words')
    .action(async (path: string) => {
      const stored = await loadPlan(path);
      if (application.json) application.printJson({ digest: stored.digest, plan: stored.plan });
      else application.print(planText(stored.plan, stored.digest));
    });

  plan
    .command('simulate <plan>')
    .description('apply a plan to an overlay: the result is a device to look at, nothing is written')
    .option('--overlay <name>', 'name of the overlay')
    .action(async (path: string, options: { overlay?: string }) => {
      const stored = await loadPlan(path);
      exit(await simulate(application, await application.host(), stored, options.overlay));
    });

  plan
    .command('apply <plan>')
    .description('write a plan to its target')
    .option('--yes', 'do not ask')
    .action(async (path: string, options: { yes?: boolean }) => {
      const stored = await loadPlan(path);
      exit(await apply(application, await application.host(), stored.plan, { yes: options.yes, importFrom: stored.blobsFolder }));
    });
}
