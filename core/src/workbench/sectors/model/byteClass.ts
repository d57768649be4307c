/** What a byte is at a glance. Each class has its own colour in the grid, and its own sign in the text column. */
export const byteClasses = ['zero', 'ones', 'printable', 'control', 'high'] as const;
export type ByteClass = (typeof byteClasses)[number];

export function byteClassOf(byte: number): ByteClass {
  if (byte === 0) return 'zero';
  if (byte === 0xff) return 'ones';
  if (byte >= 0x20 && byte < 0x7f) return 'printable';
  return byte < 0x80 ? 'control' : 'high';
}

const hexDigits = '0123456789ABCDEF';

/** The byte in the text column: ASCII as it is, a dot for zero, other signs for what has no letter. */
export function textSign(byte: number): string {
  switch (byteClassOf(byte)) {
    case 'printable':
      return String.fromCharCode(byte);
    case 'zero':
      return '·';
    case 'control':
      return '.';
    default:
      return byte === 0xff ? 'ÿ' : '×';
  }
}

const controlNames = ['NUL', 'SOH', 'STX', 'ETX', 'EOT', 'ENQ', 'ACK', 'BEL', 'BS', 'TAB', 'LF', 'VT', 'FF', 'CR', 'SO', 'SI'];

/** The byte as it is said: `S`, `space`, `LF`; nothing for what has no name. */
export function spokenSign(byte: number): string {
  if (byte === 0x20) return 'space';
  if (byteClassOf(byte) === 'printable') return String.fromCharCode(byte);
  return controlNames[byte] ?? '';
}

/** `5A` of 0x5A. */
export function hexPair(byte: number): string {
  return hexDigits.charAt(byte >> 4) + hexDigits.charAt(byte & 15);
}

/** Bytes as upper-case hex pairs. */
export function toHex(bytes: Uint8Array, separator = ''): string {
  return Array.from(bytes, hexPair).join(separator);
}

/** The bytes of hex pairs; blanks, commas, colons, `0x` and `\x` between pairs do not matter. Null when it is something else. */
export function parseHex(text: string): Uint8Array | null {
  const digits = text.replace(/0x|\\x/gi, '').replace(/[\s,:;-]/g, '');
  if (digits.length === 0 || digits.length % 2 === 1 || !/^[0-9a-f]+$/i.test(digits)) return null;
  return Uint8Array.from({ length: digits.length / 2 }, (_, index) =>
    Number.parseInt(digits.slice(index * 2, index * 2 + 2), 16),
  );
}
