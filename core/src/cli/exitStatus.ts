import { DiskwrightError, type ErrorCodeName } from '@diskwright/sdk/errors';
import { errorLines } from '../host/text/errorLines';

/** The exit statuses of the command-line contract. */
export const ExitStatus = { Done: 0, Failed: 1, WrongUse: 2, Refused: 3, Holes: 4, Cancelled: 130 } as const;

const STATUS: Partial<Record<ErrorCodeName, number>> = {
  InvalidInput: ExitStatus.WrongUse,
  SecretNeeded: ExitStatus.WrongUse,
  Refused: ExitStatus.Refused,
  Stale: ExitStatus.Refused,
  CapabilityDenied: ExitStatus.Refused,
  Cancelled: ExitStatus.Cancelled,
};

export function exitStatusOf(error: unknown): number {
  if (error instanceof DiskwrightError) return STATUS[error.code] ?? ExitStatus.Failed;
  return error instanceof Error && error.name === 'AbortError' ? ExitStatus.Cancelled : ExitStatus.Failed;
}

/** An error as the user reads it: what, where, and what to do; a stack only when asked for. */
export function describeError(error: unknown, verbose: boolean): string {
  const [first, ...further] = errorLines(error);
  const lines = [`diskwright: ${first}`, ...further];
  if (verbose && error instanceof Error && error.stack) lines.push(error.stack);
  return lines.join('\n');
}
