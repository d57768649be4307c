import type { Contribution } from '../api';
import { ElementPane, ElementWidget } from '../widgets/elementPane';
import { registerJobCommands } from './jobCommands';
import { JobEditor } from './jobEditor';
import { JobNotices } from './jobNotices';
import { JobsView } from './jobsView';

/** Jobs: plans that are being applied, or were. */
export const jobs: Contribution = (workbench) => {
  const { editors, views } = workbench;
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
  registerJobCommands(workbench);
  new JobNotices(workbench);
};
