import type { Contribution } from '../api';
import { ElementPane } from '../widgets/elementPane';
import { PlanEditor } from './planEditor';
import { shortDigest } from './planWords';

/** Plans: what shall be written, to be reviewed, simulated and applied. */
export const plans: Contribution = (workbench) => {
  const { commands, editors, menus, host, dialogs, quickInput } = workbench;
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
      const { plans: kept } = await host.request('plans/list', {});
      const items = kept.map(({ digest, title, createdAt }) => ({
        label: title,
        description: shortDigest(digest),
        detail: new Date(createdAt).toLocaleString(),
        icon: 'checklist',
        digest,
      }));
      const chosen = await quickInput.pick(items, {
        placeholder: items.length === 0 ? 'There is no plan yet: make one by a command such as Clone a disk' : 'Which plan?',
      });
      if (chosen) await editors.open({ type: 'plan', key: chosen.digest });
    },
  });
  commands.register({
    id: 'plans.remove',
    title: 'Remove Plan',
    category: 'Plans',
    hidden: true,
    run: async (digest) => void (await host.request('plans/remove', { digest: digest as string })),
  });
  menus.add('file', { command: 'plans.open', group: '2_plans', order: 1 });
  menus.add('file', { command: 'plans.import', group: '2_plans', order: 2 });
};
