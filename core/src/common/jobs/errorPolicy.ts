import { InvalidInputError } from '@diskwright/sdk/errors';
import type { JobOptions } from '../types';

/** How often an unreadable sector is tried again unless the user says otherwise. */
export const READ_RETRIES = 2;
export const MAX_RETRIES = 100;

/** What a job does about sectors of a source that cannot be read: tries again so often, then ends or goes on with a hole. */
export interface ErrorPolicy {
  retries: number;
  onReadError: 'stop' | 'skip';
}

export function errorPolicyOf({ onError = 'retry', retries = READ_RETRIES }: JobOptions): ErrorPolicy {
  return { retries: onError === 'retry' ? retries : 0, onReadError: onError === 'stop' ? 'stop' : 'skip' };
}

/** The options of `stop`, `skip`, `retry` or `retry N`. @throws InvalidInputError */
export function parseErrorPolicy(text: string): Pick<JobOptions, 'onError' | 'retries'> {
  const [word, count, ...rest] = text.trim().split(/[\s=:]+/);
  const isCount = count === undefined || (/^\d{1,3}$/.test(count) && Number(count) <= MAX_RETRIES);
  if (word === 'retry' && isCount && rest.length === 0) return { onError: 'retry', retries: Number(count ?? READ_RETRIES) };
  if ((word === 'stop' || word === 'skip') && count === undefined) return { onError: word };
  throw new InvalidInputError(`--on-error "${text}" is not one of stop, retry N, skip`, {
    todo: `N is how often an unreadable sector is tried again: 0 to ${MAX_RETRIES}.`,
  });
}
