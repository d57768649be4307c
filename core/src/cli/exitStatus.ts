import { DiskwrightError, type ErrorCodeName } from '@diskwright/sdk/errors';

/** The exit statuses of the command-line contract. */
export const ExitStatus = { Done: 0, Failed: 1, WrongUse: 2, Refused: 3, Holes: 4, Cancelled: 130 } as const;

const STATUS: Partial<Record<ErrorCodeName, number>> = {
  InvalidInput: ExitStatus.WrongUse,
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
  if (!(error instanceof Error)) return `diskwright: ${String(error)}`;
  const lines = [`diskwright: ${error.message}`];
  if (error instanceof DiskwrightError) {
    const { device, offset, length, todo, details } = error.detail;
    if (device !== undefined && !error.message.includes(device)) lines.push(`  device: ${device}`);
    if (offset !== undefined && !error.message.includes(String(offset))) {
      lines.push(`  at byte ${offset}${length === undefined ? '' : `, ${length} bytes`}`);
    }
    for (const line of details ?? []) lines.push(`  ${line}`);
    if (todo !== undefined) lines.push(`  ${todo}`);
  }
  if (verbose && error.stack) lines.push(error.stack);
  return lines.join('\n');
}
