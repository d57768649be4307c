import { open } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { FailedError, InvalidInputError } from '@diskwright/sdk/errors';
import { loadPlan } from '../plans/planStore';
import { reasonOf } from '../systemError';
import { jobText } from '../text/jobText';
import { stepsText } from '../text/planText';
import { formatTable } from '../text/table';
import type { JobDetails } from './jobService';

/** A job for people who were not there: what was asked, which devices, every step, what came of it, and the log. */
export async function jobReport(job: JobDetails): Promise<string> {
  const stored = await loadPlan(join(job.folder, 'plan.json')).catch(() => null);
  const parts = [jobText(job)];
  if (stored) parts.push('Steps of the plan', ...stepsText(stored.plan));
  const digests = job.result?.digests ?? [];
  if (digests.length > 0) {
    const rows = digests.map(({ step, blake3 }) => [`step ${step + 1}`, blake3]);
    parts.push(`BLAKE3 of what was copied\n${formatTable(null, rows, { indent: '  ' })}`);
  }
  return `${parts.join('\n\n')}\n`;
}

/** Writes a report where the user says. @throws as {@link saveText} */
export function saveReport(text: string, path: string): Promise<void> {
  return saveText(text, path, 'report');
}

/**
 * Writes a text where the user says. @param what it is, for messages
 * @throws InvalidInputError when something is there already, FailedError when it cannot be written
 */
export async function saveText(text: string, path: string, what: string): Promise<void> {
  const target = resolve(path);
  try {
    const file = await open(target, 'wx', 0o600);
    try {
      await file.writeFile(text);
    } finally {
      await file.close();
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') {
      throw new InvalidInputError(`${target} exists already`, { todo: 'Choose another name, or remove it.' });
    }
    throw new FailedError(`the ${what} cannot be written to ${target}: ${reasonOf(error)}`);
  }
}
