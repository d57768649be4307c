import { DiskwrightError } from '@diskwright/sdk/errors';
import { printable } from '../../common/text/printable';
import { isOutOfSpace, reasonOf } from '../systemError';

const MAKE_ROOM = 'Make room on the disk that holds the data folder, or set DISKWRIGHT_HOME to a folder on another.';

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
