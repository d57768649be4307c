/** What bytes are, by their beginning. Pure. */

/** How a content is shown. */
export type ContentKind = 'text' | 'picture' | 'hex';
export type PictureType = 'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp' | 'image/bmp';

const ascii = (bytes: Uint8Array, from: number, to: number): string => String.fromCharCode(...bytes.subarray(from, to));

/** The type of a picture that browsers can draw; null for everything else. */
export function pictureType(bytes: Uint8Array): PictureType | null {
  if (ascii(bytes, 0, 8) === '\x89PNG\r\n\x1a\n') return 'image/png';
  if (bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return 'image/jpeg';
  if (/^GIF8[79]a$/.test(ascii(bytes, 0, 6))) return 'image/gif';
  if (ascii(bytes, 0, 4) === 'RIFF' && ascii(bytes, 8, 12) === 'WEBP') return 'image/webp';
  // Two letters are little: the size of the header that follows is one of those that there are.
  if (ascii(bytes, 0, 2) === 'BM' && [12, 40, 52, 56, 64, 108, 124].includes(bytes[14]!)) return 'image/bmp';
  return null;
}

/**
 * Bytes as text: UTF-8, or UTF-16 with its mark; null when they are none.
 * @param isCut whether more bytes follow, so that a character at the end may be cut in two
 */
export function textOf(bytes: Uint8Array, isCut: boolean): string | null {
  const encoding =
    bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8';
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes, { stream: isCut });
    // Controls other than those of lines, form feeds and terminals' colours: programs, not texts.
    return /[\x00-\x07\x0e-\x1a\x1c-\x1f]/.test(text) ? null : text;
  } catch {
    return null;
  }
}

/** How a content is best shown. */
export function kindOf(bytes: Uint8Array, isCut: boolean): ContentKind {
  if (pictureType(bytes)) return 'picture';
  return textOf(bytes, isCut) === null ? 'hex' : 'text';
}
