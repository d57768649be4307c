import { printable } from '../../common/text/printable';
import type { Contribution, Workbench } from '../api';
import { ElementPane } from '../widgets/elementPane';
import { PlanEditor } from './planEditor';
import { shortDigest } from './planWords';

/** Plans: what shall be written, to be reviewed, simulated and applied. */
export const plans: Contribution = (workbench) => {
  const { commands, editors, menus, host, dialogs } = workbench;
  editors.register({
    type: 'plan',
    create: (input, state) => {
      const editor = new PlanEditor(workbench, input.key, (title) => pane.rename(`Plan: ${title}`), state);
      const pane = new ElementPane(input, editor, { label: 'Plan', caption: shortDigest(input.key), icon: 'checklist' });
      return pane;
    },
  });
  commands.register({
    id: 'plans.import',
    title: 'Import Plan from File…',
    category: 'Plans',
    run: async () => {
      const path = await dialogs.chooseFile({ title: 'Choose a plan', mode: 'open' });
      if (path === undefined) return;
      const { digest } = await host.request('plans/import', { path });
      await editors.open({ type: 'plan', key: digest });
    },
  });
  commands.register({
    id: 'plans.open',
    title: 'Open Plan…',
    category: 'Plans',
    run: async () => {
      const chosen = await choosePlan(workbench, 'Which plan?');
      if (chosen) await editors.open({ type: 'plan', key: chosen.digest });
    },
  });
  commands.register({
    id: 'plans.remove',
    title: 'Remove Plan…',
    category: 'Plans',
    run: async () => {
      const chosen = await choosePlan(workbench, 'Which plan shall be removed?');
      if (!chosen) return;
      const button = await dialogs.show({
        title: 'Remove this plan?',
        body: `${printable(chosen.label)}\n\nJobs that have applied it keep their own copy, and files that it was saved to stay.`,
        buttons: [
          { label: 'Remove the plan', kind: 'danger' },
          { label: 'Keep it', kind: 'normal' },
        ],
      });
      if (button === 0) await host.request('plans/remove', { digest: chosen.digest });
    },
  });
  menus.add('file', { command: 'plans.open', group: '2_plans', order: 1 });
  menus.add('file', { command: 'plans.import', group: '2_plans', order: 2 });
  menus.add('file', { command: 'plans.remove', group: '2_plans', order: 3 });
};

/** Lets the user choose one of the plans that are kept. */
async function choosePlan(
  { host, quickInput }: Workbench,
  question: string,
): Promise<{ label: string; digest: string } | undefined> {
  const { plans: kept } = await host.request('plans/list', {});
  const items = kept.map(({ digest, title, createdAt }) => ({
    label: title,
    description: shortDigest(digest),
    detail: new Date(createdAt).toLocaleString(),
    icon: 'checklist',
    digest,
  }));
  const placeholder = items.length === 0 ? 'There is no plan yet: make one by a command such as Clone a disk' : question;
  return quickInput.pick(items, { placeholder });
}
