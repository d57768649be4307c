import { InvalidInputError } from '@diskwright/sdk/errors';
import type { JobSummary } from '../../common/workbench';
import type { Workbench } from '../api';
import { cancelJob, pauseJob, resumeJob, undoJob } from './jobActions';
import { showReport } from './reportDialog';
import { resumeOtherwise } from './resumeOtherwise';

/** What can be done with a job: the one that is named, or that of the row or editor with the focus. */
export function registerJobCommands(workbench: Workbench): void {
  const { commands, context, editors, jobs, keybindings, menus } = workbench;

  function jobOf(args: unknown): JobSummary {
    const job = jobs.get((args as { id?: string } | undefined)?.id ?? String(context.get('jobId') ?? ''));
    if (!job) throw new InvalidInputError('no job is selected', { todo: 'Select one in the Jobs view, or open it.' });
    return job;
  }
  const register = (name: string, title: string, icon: string, enablement: string, run: (job: JobSummary) => unknown): void =>
    void commands.register({
      id: `jobs.${name}`,
      title,
      category: 'Jobs',
      icon,
      enablement,
      run: (args) => run(jobOf(args)),
    });

  commands.register({
    id: 'jobs.open',
    title: 'Open Job',
    category: 'Jobs',
    hidden: true,
    run: async (args) => void (await editors.open({ type: 'job', key: (args as { id: string }).id })),
  });
  register('pause', 'Pause Job', 'debug-pause', 'jobPausable', ({ id }) => pauseJob(workbench, id));
  register('resume', 'Resume Job', 'debug-continue', 'jobResumable', ({ id }) => resumeJob(workbench, id));
  register('resumeOtherwise', 'Resume Job with Other Options…', 'debug-continue', 'jobStopped', ({ id }) =>
    resumeOtherwise(workbench, id),
  );
  register('undo', 'Undo Job…', 'discard', 'jobUndoable', ({ id }) => undoJob(workbench, id));
  register('cancel', 'Cancel Job…', 'debug-stop', 'jobState == running || jobState == paused', (job) =>
    cancelJob(workbench, job),
  );
  register('report', 'Show Report of Job…', 'output', 'jobId', ({ id }) => showReport(workbench, id));

  keybindings.add({ keys: 'F8', command: 'jobs.pause', when: 'jobPausable' });
  keybindings.add({ keys: 'F8', command: 'jobs.resume', when: 'jobState == paused' });

  menus.add('context:job', { command: 'jobs.open', title: 'Open', group: '1_open' });
  menus.add('context:job', { command: 'jobs.pause', title: 'Pause', group: '2_run', order: 1, when: 'jobPausable' });
  menus.add('context:job', { command: 'jobs.resume', title: 'Resume', group: '2_run', order: 2, when: 'jobResumable' });
  menus.add('context:job', {
    command: 'jobs.resumeOtherwise',
    title: 'Resume with Other Options…',
    group: '2_run',
    order: 3,
    when: 'jobStopped',
  });
  menus.add('context:job', { command: 'jobs.undo', title: 'Undo…', group: '2_run', order: 4, when: 'jobUndoable' });
  menus.add('context:job', {
    command: 'jobs.cancel',
    title: 'Cancel…',
    group: '2_run',
    order: 5,
    when: 'jobState == running || jobState == paused',
  });
  menus.add('context:job', { command: 'jobs.report', title: 'Report…', group: '3_record' });
}
