/** A name of a file, and its bytes where the text does not say them all. */
export interface Utf16Name {
  text: string;
  /** The bytes; set where they are no well-formed UTF-16 or hold what no name may. */
  raw?: Buffer;
}

/** Halves of a pair that stand alone, the separator of paths, and zero. */
const UNSPEAKABLE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]|[/\0]/g;
const SUSPECT = /[\ud800-\udfff/\0]/;

/**
 * A name kept in UTF-16, little endian (FAT, exFAT, NTFS), as text. Units that no text can hold (halves of a surrogate pair that stand alone) and those
 * that no path can (`/`, zero) are shown as `\uHHHH` each, and the bytes go beside the text, so that names which differ stay different.
 */
export function utf16Name(bytes: Buffer): Utf16Name {
  const text = bytes.toString('utf16le');
  if (!SUSPECT.test(text)) return { text };
  const shown = text.replace(UNSPEAKABLE, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return shown === text ? { text } : { text: shown, raw: Buffer.from(bytes) };
}
