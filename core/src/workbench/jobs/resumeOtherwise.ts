import type { JobOptions } from '../../common';
import { READ_RETRIES } from '../../common/jobs/errorPolicy';
import type { Workbench } from '../api';

const MORE_RETRIES = 10;

interface Choice {
  label: string;
  description?: string;
  options: Pick<JobOptions, 'onError' | 'retries'>;
}

const retry = (retries: number): Choice => ({
  label: `Try again ${retries} times, then write zeros in their place and go on`,
  options: { onError: 'retry', retries },
});

const CHOICES: readonly Choice[] = [
  { ...retry(READ_RETRIES), description: 'as usual' },
  retry(MORE_RETRIES),
  { label: 'Write zeros in their place at once and go on', description: 'spares a failing disk', options: { onError: 'skip' } },
  { label: 'End the job', options: { onError: 'stop' } },
];

/** Goes on with a job after what it does about unreadable sectors was chosen anew; not at all when nothing is chosen. */
export async function resumeOtherwise({ host, quickInput }: Workbench, id: string): Promise<void> {
  const chosen = await quickInput.pick([...CHOICES], { placeholder: 'Sectors of the source that cannot be read' });
  if (chosen) await host.request('jobs/resume', { id, options: chosen.options });
}
