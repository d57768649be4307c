/** A name of a file, and its bytes where the text does not say them all. */
export interface TextName {
  text: string;
  /** UTF-16 little endian; set where that holds half a character, or what no name may. */
  raw?: Buffer;
}

const SUSPICIOUS = /[\ud800-\udfff/\0]/;
const NO_TEXT = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]|[/\0]/g;

/**
 * A name as text. NTFS keeps any 16-bit units: those that are half a character, a slash or zero are shown as `\uHHHH`, so that names which differ stay
 * different, and the bytes themselves go beside the text.
 */
export function nameOf(bytes: Buffer, start: number, end: number): TextName {
  const text = bytes.toString('utf16le', start, end);
  if (!SUSPICIOUS.test(text)) return { text };
  const shown = text.replace(NO_TEXT, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return shown === text ? { text } : { text: shown, raw: Buffer.from(bytes.subarray(start, end)) };
}
