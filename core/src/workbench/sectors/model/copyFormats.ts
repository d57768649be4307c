import { hexPair, textSign, toHex } from './byteClass';
import { hexOffset } from './offsetFormat';

/** A way to write bytes for the clipboard. */
export interface CopyFormat {
  id: string;
  title: string;
  /** @param offset of the first byte on its device */
  write(bytes: Uint8Array, offset: number): string;
}

const literalBytesPerLine = 16;

/** `0x53, 0xEF` in lines of sixteen. */
function numbers(bytes: Uint8Array, indent: string): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += literalBytesPerLine) {
    const line = Array.from(bytes.subarray(at, at + literalBytesPerLine), (byte) => `0x${hexPair(byte)}`);
    lines.push(`${indent}${line.join(', ')},`);
  }
  return lines.join('\n');
}

/** Rows as `hexdump -C` has them: offset, hex in two groups, text between bars. Of an odd number of bytes the left group has one more. */
export function hexDump(bytes: Uint8Array, offset: number, bytesPerRow = 16): string {
  const digits = Math.max(8, hexOffset(offset + bytes.length).length);
  const half = Math.ceil(bytesPerRow / 2);
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += bytesPerRow) {
    const row = bytes.subarray(at, at + bytesPerRow);
    const left = toHex(row.subarray(0, half), ' ').padEnd(half * 3 - 1);
    const right = toHex(row.subarray(half), ' ').padEnd((bytesPerRow - half) * 3 - 1);
    const text = Array.from(row, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');
    lines.push(`${hexOffset(offset + at, digits)}  ${left}  ${right}  |${text}|`);
  }
  return lines.join('\n');
}

function base64(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

export const copyFormats: readonly CopyFormat[] = [
  { id: 'hex', title: 'Hex', write: (bytes) => toHex(bytes, ' ') },
  { id: 'hexDump', title: 'Hex with Offsets and Text', write: hexDump },
  { id: 'text', title: 'Text', write: (bytes) => Array.from(bytes, textSign).join('') },
  { id: 'utf8', title: 'Text (UTF-8)', write: (bytes) => new TextDecoder().decode(bytes) },
  { id: 'base64', title: 'Base64', write: base64 },
  { id: 'json', title: 'JSON Array', write: (bytes) => JSON.stringify(Array.from(bytes)) },
  { id: 'c', title: 'C Array', write: (bytes) => `const uint8_t data[${bytes.length}] = {\n${numbers(bytes, '    ')}\n};` },
  { id: 'rust', title: 'Rust Array', write: (bytes) => `const DATA: [u8; ${bytes.length}] = [\n${numbers(bytes, '    ')}\n];` },
  {
    id: 'python',
    title: 'Python Bytes',
    write: (bytes) => `data = b'${Array.from(bytes, (byte) => `\\x${hexPair(byte).toLowerCase()}`).join('')}'`,
  },
  { id: 'go', title: 'Go Slice', write: (bytes) => `var data = []byte{\n${numbers(bytes, '\t')}\n}` },
];

/** More than this is not put on the clipboard: it is meant for pasting into texts, not for copying disks. */
export const copyLimit = 1 << 20;
