/** Controls of terminals (C0, DEL, C1), line separators, and marks that turn the direction of text. */
const UNSAFE = /[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;
const UNSAFE_IN_LINES = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** Text from a disk made safe for a terminal, in one line: control characters and escape sequences become visible. */
export function printable(text: string): string {
  return text.replace(UNSAFE, visible);
}

/** As {@link printable}, for text of several lines. */
export function printableLines(text: string): string {
  return text.replace(UNSAFE_IN_LINES, visible);
}

function visible(character: string): string {
  const code = character.charCodeAt(0);
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
}
