import type { JobSummary } from '../../common/workbench';
import type { Workbench } from '../api';
import { CANCEL_CONSEQUENCE } from './jobWords';

/** Asks whether a job shall end, saying what its target is then, and ends it. @throws as `jobs/cancel` */
export async function askToCancel({ dialogs, host }: Workbench, { id, title, progress }: JobSummary): Promise<void> {
  const consequence = CANCEL_CONSEQUENCE[progress?.stage ?? 'content'] ?? CANCEL_CONSEQUENCE['content']!;
  const button = await dialogs.show({
    title: 'Cancel this job?',
    body: `${title}\n\n${consequence}`,
    buttons: [
      { label: 'Cancel the job', kind: 'danger' },
      { label: 'Let it go on', kind: 'normal' },
    ],
  });
  if (button === 0) await host.request('jobs/cancel', { id });
}
