import { CancelledError, InvalidInputError, RefusedError, StaleError } from '@diskwright/sdk/errors';

/** The exit status by which a job's failure is told: 2 wrong input, 3 refused for safety, 130 cancelled, 1 anything else. */
export function exitStatusOf(error: unknown): number {
  if (error instanceof CancelledError) return 130;
  if (error instanceof RefusedError || error instanceof StaleError) return 3;
  return error instanceof InvalidInputError ? 2 : 1;
}
