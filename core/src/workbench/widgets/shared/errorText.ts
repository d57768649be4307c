import { DiskwrightError } from '@diskwright/sdk/errors';
import { printableLines } from '../../../common/text/printable';

/** An error as it is shown: what happened, then where, what to do, and details, a line each. */
export interface ShownError {
  message: string;
  lines: string[];
}

/** Whether it only says that the user (or a page that is gone) did not want the result any more. */
export function isCancellation(error: unknown): boolean {
  if (error instanceof DiskwrightError) return error.code === 'Cancelled';
  return error instanceof Error && error.name === 'AbortError';
}

/** Names of files and texts of plugins may stand in it: characters that deceive are visible. @param error anything that was thrown */
export function showError(error: unknown): ShownError {
  const message = printableLines(sentence(error instanceof Error ? error.message : String(error)));
  if (!(error instanceof DiskwrightError)) return { message, lines: [] };
  const { device, offset, length, todo, details } = error.detail;
  const named = offset === undefined && device !== undefined && error.message.includes(device);
  const lines = [...where(named ? undefined : device, offset, length), ...(todo ? [todo] : []), ...(details ?? [])];
  return { message, lines: lines.map(printableLines) };
}

function where(device?: string, offset?: number, length?: number): string[] {
  const place = [
    ...(device === undefined ? [] : [device]),
    ...(offset === undefined ? [] : [`at byte ${offset} (0x${offset.toString(16).toUpperCase()})`]),
    ...(length === undefined || offset === undefined ? [] : [`${length} bytes`]),
  ];
  return place.length === 0 ? [] : [place.join(', ')];
}

/** With a capital letter at its beginning, unless it begins with what is no word, as a path or an address is. */
export const capitalised = (text: string): string =>
  /^\p{Letter}[\p{Letter}'’-]*[,:;]?(\s|$)/u.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text;

/** With a capital letter at its beginning and a full stop at its end. */
export function sentence(text: string): string {
  const begun = capitalised(text);
  return /[.!?…:]$/.test(begun) ? begun : `${begun}.`;
}
