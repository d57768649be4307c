const PLAIN = /^[\w./:@%+,=-]+$/;
/** Controls, and marks that turn the direction of text: within plain quotes they could end what a terminal takes as pasted, or hide what stands there. */
const UNSAFE = /[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

/** A text as one word of a POSIX shell; with controls in it, of one that knows `$'…'` (bash, zsh, ksh). */
export function shellWord(text: string): string {
  if (PLAIN.test(text)) return text;
  if (!UNSAFE.test(text)) return `'${text.replaceAll("'", `'\\''`)}'`;
  return `$'${[...text].map(escaped).join('')}'`;
}

function escaped(character: string): string {
  if (character === "'" || character === '\\') return `\\${character}`;
  if (!UNSAFE.test(character)) return character;
  const code = character.codePointAt(0)!;
  return code < 0x80 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
}
