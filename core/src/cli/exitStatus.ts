import { DiskwrightError, type ErrorCodeName } from '@diskwright/sdk/errors';
import { isOutOfSpace, reasonOf } from '../host/systemError';
import { printable } from '../common/text/printable';

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

const MAKE_ROOM = 'Make room on the disk that holds the data folder, or set DISKWRIGHT_HOME to a folder on another.';

/** An error as the user reads it: what, where, and what to do; a stack only when asked for. */
export function describeError(error: unknown, verbose: boolean): string {
  const [first, ...further] = errorLines(error);
  const lines = [`diskwright: ${first}`, ...further];
  if (verbose && error instanceof Error && error.stack) lines.push(error.stack);
  return lines.join('\n');
}

/** What happened, then indented where, details and what to do, each safe for a terminal. */
export function errorLines(error: unknown): string[] {
  if (!(error instanceof DiskwrightError)) return [printable(systemErrorText(error))];
  const { device, offset, length, details = [] } = error.detail;
  const todo = error.detail.todo ?? (isOutOfSpace(error) ? MAKE_ROOM : undefined);
  const lines = [reasonOf(error)];
  if (device !== undefined && !error.message.includes(device)) lines.push(`  device: ${device}`);
  if (offset !== undefined && !error.message.includes(String(offset))) {
    lines.push(`  at byte ${offset}${length === undefined ? '' : `, ${length} bytes`}`);
  }
  for (const line of details) lines.push(`  ${line}`);
  if (todo !== undefined) lines.push(`  ${todo.charAt(0).toUpperCase()}${todo.slice(1)}`);
  return lines.map(printable);
}

/** An error of the system with its path first; what is left over is a fault of Diskwright and says so. */
function systemErrorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'AbortError') return 'cancelled';
  const { code, path } = error as NodeJS.ErrnoException;
  if (code !== undefined) return path === undefined ? reasonOf(error) : `${path}: ${reasonOf(error)}`;
  return `internal error: ${error.message} (--verbose shows where)`;
}
