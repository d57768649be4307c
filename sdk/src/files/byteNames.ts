import { isUtf8 } from 'node:buffer';

const LONGEST_SEQUENCE = 4;

/** A name of a file, and its bytes where the text does not say them all. */
export interface TextName {
  text: string;
  /** Set where the bytes are no UTF-8 or hold what no name may. */
  raw?: Buffer;
}

/**
 * A name as text. Linux keeps any bytes but `/` and zero: those that are no UTF-8 are shown as `\xHH` each, so that names which differ stay different, and
 * the bytes themselves go beside the text. (A file may really be called `\xff`: that one has no `raw`.)
 */
export function nameOf(bytes: Buffer): TextName {
  if (isUtf8(bytes) && !bytes.includes(0x2f) && !bytes.includes(0)) return { text: bytes.toString('utf8') };
  let text = '';
  for (let at = 0; at < bytes.length;) {
    const length = bytes[at] === 0x2f || bytes[at] === 0 ? 0 : characterAt(bytes, at);
    text += length > 0 ? bytes.toString('utf8', at, at + length) : `\\x${bytes[at]!.toString(16).padStart(2, '0')}`;
    at += Math.max(1, length);
  }
  return { text, raw: bytes };
}

/** A path, such as a link's target, as text: its components are shown as {@link nameOf} shows them, and the slashes between them stay. */
export function pathText(bytes: Buffer): string {
  const parts: string[] = [];
  for (let start = 0; start <= bytes.length;) {
    const slash = bytes.indexOf(0x2f, start);
    const end = slash < 0 ? bytes.length : slash;
    parts.push(nameOf(bytes.subarray(start, end)).text);
    start = end + 1;
  }
  return parts.join('/');
}

/** Bytes of the character at `at`; 0 when there is none. */
function characterAt(bytes: Buffer, at: number): number {
  for (let length = 1; length <= LONGEST_SEQUENCE && at + length <= bytes.length; length++)
    if (isUtf8(bytes.subarray(at, at + length))) return length;
  return 0;
}
