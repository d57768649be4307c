import type { FieldType } from '@diskwright/sdk/struct';

/** Bytes 0x80 … 0xff of IBM code page 850, which mkfs.fat writes by default; it agrees with 437 in all letters that both have. */
const UPPER_HALF =
  'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u00ad±‗¾¶§÷¸°¨·¹³²■\u00a0';

/** Bytes in code page 850 as text. */
export function decodeOem(raw: Buffer): string {
  return Array.from(raw, (code) => (code < 0x80 ? String.fromCharCode(code) : UPPER_HALF[code - 0x80])).join('');
}

function encode(text: string): Buffer {
  const codes = Array.from(text, (character) => {
    const code = character.charCodeAt(0);
    if (code < 0x80) return code;
    const upper = UPPER_HALF.indexOf(character);
    if (upper < 0) throw new RangeError(`"${character}" is not in code page 850`);
    return upper + 0x80;
  });
  return Buffer.from(codes);
}

/** Text in code page 850 padded with spaces. The value keeps every byte, so that encoding gives back what was read; `format` cuts the padding. */
export const oemText = (size: number): FieldType<string> => ({
  size,
  typeName: `text in code page 850, ${size} bytes`,
  read: (buffer, offset) => decodeOem(buffer.subarray(offset, offset + size)),
  write: (buffer, offset, value) => {
    const encoded = encode(value);
    if (encoded.length > size) throw new RangeError(`"${value}" is longer than ${size} bytes`);
    buffer.fill(0x20, offset, offset + size);
    encoded.copy(buffer, offset);
  },
  format: trimText,
  parse: (text) => {
    if (encode(text).length > size) throw new RangeError(`"${text}" is longer than ${size} bytes`);
    return text.padEnd(size);
  },
});

/** The text without its padding: cut at the first NUL, then trailing spaces. */
export function trimText(value: string): string {
  const end = value.indexOf('\0');
  return (end < 0 ? value : value.slice(0, end)).trimEnd();
}
