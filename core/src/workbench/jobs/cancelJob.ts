import { printable } from '../../common/text/printable';
import type { JobSummary } from '../../common/workbench';
import type { Workbench } from '../api';
import { CANCEL_CONSEQUENCE } from './jobWords';

/** Asks whether a job shall end, saying what its target is then. */
export async function askToCancel({ dialogs }: Workbench, { title, progress }: JobSummary): Promise<boolean> {
  const consequence = CANCEL_CONSEQUENCE[progress?.stage ?? 'content'] ?? CANCEL_CONSEQUENCE['content']!;
  const button = await dialogs.show({
    title: 'Cancel this job?',
    body: `${printable(title)}\n\n${consequence}`,
    buttons: [
      { label: 'Cancel the job', kind: 'danger' },
      { label: 'Let it go on', kind: 'normal' },
    ],
  });
  return button === 0;
}
