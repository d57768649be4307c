import { CaseFlag, DELETED, ESCAPED_E5 } from '../structures/directoryEntry';
import { decodeOem } from '../structures/oemText';

const NAME_BYTES = 8;
export const SHORT_NAME_BYTES = 11;
const SPACE = 0x20;
/** What no path, or no text, can hold. */
const UNSPEAKABLE = /[\0-\x1f/\x7f]/g;

/** A name as text, and its bytes where the text does not say them all. */
export interface EntryName {
  text: string;
  raw?: Buffer;
}

/**
 * The short name at `at` as DOS shows it, `NAME.EXT`; Windows NT keeps in `caseFlags` which halves are in lower case. The code page is nowhere recorded:
 * 850 is taken, which agrees with 437 in its letters. Control characters and separators, which a sound entry has not, are shown as `\xHH`.
 */
export function shortNameAt(bytes: Buffer, at: number, caseFlags: number): EntryName {
  const name = half(bytes, at, NAME_BYTES, (caseFlags & CaseFlag.name) !== 0);
  const extension = half(bytes, at + NAME_BYTES, SHORT_NAME_BYTES - NAME_BYTES, (caseFlags & CaseFlag.extension) !== 0);
  const text = extension === '' ? name : `${name}.${extension}`;
  const shown = text.replace(UNSPEAKABLE, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`);
  if (shown === text && text !== '' && text !== '.' && text !== '..') return { text };
  const raw = Buffer.from(bytes.subarray(at, at + SHORT_NAME_BYTES));
  return { text: shown === text ? `\\x${raw.toString('hex')}` : shown, raw };
}

/** The sum that ties the pieces of a long name to the short name at `at` (specification, section 7.2). */
export function shortNameChecksum(bytes: Buffer, at: number): number {
  let sum = 0;
  for (let index = at; index < at + SHORT_NAME_BYTES; index++) sum = (((sum & 1) << 7) + (sum >>> 1) + bytes[index]!) & 0xff;
  return sum;
}

/** `.` and `..`, the first entries of every directory but the root. */
export function isDotName(bytes: Buffer, at: number): boolean {
  if (bytes[at] !== 0x2e) return false;
  for (let index = bytes[at + 1] === 0x2e ? 2 : 1; index < SHORT_NAME_BYTES; index++)
    if (bytes[at + index] !== SPACE) return false;
  return true;
}

function half(bytes: Buffer, start: number, length: number, isLowerCase: boolean): string {
  let end = start + length;
  while (end > start && bytes[end - 1] === SPACE) end--;
  const isEscaped = length === NAME_BYTES && bytes[start] === ESCAPED_E5;
  const part = isEscaped ? Buffer.from([DELETED, ...bytes.subarray(start + 1, end)]) : bytes.subarray(start, end);
  const text = decodeOem(part);
  return isLowerCase ? text.toLowerCase() : text;
}
