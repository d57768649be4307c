import type { Contribution } from '../api';
import { ElementPane, ElementWidget } from '../widgets/elementPane';
import { JobEditor } from './jobEditor';
import { JobNotices } from './jobNotices';
import { JobsView } from './jobsView';

/** Jobs: plans that are being applied, or were. */
export const jobs: Contribution = (workbench) => {
  const { commands, editors, views } = workbench;
  editors.register({
    type: 'job',
    create: (input) => {
      const editor = new JobEditor(workbench, input.key, (title) => pane.rename(`Job: ${title}`));
      const pane = new ElementPane(input, editor, { label: 'Job', caption: input.key, icon: 'run-all' });
      return pane;
    },
  });
  views.register({
    id: 'jobs',
    title: 'Jobs',
    icon: 'run-all',
    place: 'panel',
    order: 10,
    create: () => new ElementWidget(new JobsView(workbench)),
  });
  commands.register({
    id: 'jobs.open',
    title: 'Open Job',
    category: 'Jobs',
    hidden: true,
    run: async (args) => void (await editors.open({ type: 'job', key: (args as { id: string }).id })),
  });
  new JobNotices(workbench);
};
