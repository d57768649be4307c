import type { FieldType } from './fieldType';

/** Raw bytes; the value is a copy. Shown and parsed as hexadecimal. */
export const bytes = (size: number): FieldType<Buffer> => ({
  size,
  typeName: `${size} bytes`,
  read: (buffer, offset) => Buffer.from(buffer.subarray(offset, offset + size)),
  write: (buffer, offset, value) => {
    if (value.length !== size) throw new RangeError(`${value.length} bytes do not fit a field of ${size}`);
    value.copy(buffer, offset);
  },
  format: (value) => value.toString('hex'),
  parse: (text) => {
    const digits = text.replace(/\s+/g, '');
    if (!/^([0-9a-fA-F]{2})*$/.test(digits) || digits.length !== size * 2)
      throw new RangeError(`"${text}" is not ${size} bytes in hexadecimal`);
    return Buffer.from(digits, 'hex');
  },
});

/** Single-byte text (latin-1), cut at the first NUL, trailing spaces kept in the value; written padded with `padding` (NUL or space). */
export const ascii = (size: number, padding = 0): FieldType<string> => ({
  size,
  typeName: `text, ${size} bytes`,
  read: (buffer, offset) => {
    const raw = buffer.subarray(offset, offset + size);
    const end = raw.indexOf(0);
    return raw.toString('latin1', 0, end < 0 ? size : end);
  },
  write: (buffer, offset, value) => {
    if (value.length > size) throw new RangeError(`"${value}" is longer than ${size} bytes`);
    buffer.fill(padding, offset, offset + size);
    buffer.write(value, offset, 'latin1');
  },
  format: (value) => value,
  parse: (text) => {
    if (!/^[\x00-\xff]*$/.test(text) || text.length > size)
      throw new RangeError(`"${text}" is not single-byte text of at most ${size} bytes`);
    return text;
  },
});

/** UTF-8 cut at the first NUL, as ext labels are. */
export const utf8 = (size: number): FieldType<string> => ({
  ...ascii(size),
  typeName: `UTF-8 text, ${size} bytes`,
  read: (buffer, offset) => {
    const raw = buffer.subarray(offset, offset + size);
    const end = raw.indexOf(0);
    return raw.toString('utf8', 0, end < 0 ? size : end);
  },
  write: (buffer, offset, value) => {
    const encoded = Buffer.from(value, 'utf8');
    if (encoded.length > size) throw new RangeError(`"${value}" is longer than ${size} bytes in UTF-8`);
    buffer.fill(0, offset, offset + size);
    encoded.copy(buffer, offset);
  },
  parse: (text) => {
    if (Buffer.byteLength(text, 'utf8') > size) throw new RangeError(`"${text}" is longer than ${size} bytes in UTF-8`);
    return text;
  },
});

/** UTF-16 little endian, `units` code units, cut at the first NUL, as GPT partition names are. */
export const utf16 = (units: number): FieldType<string> => ({
  size: units * 2,
  typeName: `UTF-16 text, ${units} units`,
  read: (buffer, offset) => {
    const text = buffer.toString('utf16le', offset, offset + units * 2);
    const end = text.indexOf('\0');
    return end < 0 ? text : text.slice(0, end);
  },
  write: (buffer, offset, value) => {
    if (value.length > units) throw new RangeError(`"${value}" is longer than ${units} UTF-16 units`);
    buffer.fill(0, offset, offset + units * 2);
    buffer.write(value, offset, 'utf16le');
  },
  format: (value) => value,
  parse: (text) => {
    if (text.length > units) throw new RangeError(`"${text}" is longer than ${units} UTF-16 units`);
    return text;
  },
});

const dashed = (hex: string): string => hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

function parseUuid(text: string): Buffer {
  const digits = text.trim().replace(/-/g, '');
  if (!/^[0-9a-fA-F]{32}$/.test(digits)) throw new RangeError(`"${text}" is not a UUID`);
  return Buffer.from(digits, 'hex');
}

/** A UUID in big-endian byte order (RFC 9562), as ext and most others store it; lower case with dashes. */
export const uuid = (): FieldType<string> => ({
  size: 16,
  typeName: 'UUID',
  read: (buffer, offset) => dashed(buffer.toString('hex', offset, offset + 16)),
  write: (buffer, offset, value) => void parseUuid(value).copy(buffer, offset),
  format: (value) => value,
  parse: (text) => dashed(parseUuid(text).toString('hex')),
});

/** Swaps a GUID between text order and Microsoft's mixed order: the first three groups are little endian. */
function mixed(raw: Buffer): Buffer {
  return Buffer.concat([
    raw.subarray(0, 4).reverse(),
    raw.subarray(4, 6).reverse(),
    raw.subarray(6, 8).reverse(),
    raw.subarray(8),
  ]);
}

/** A GUID in mixed byte order (UEFI 2.10, appendix A), as GPT stores it; lower case with dashes. */
export const guid = (): FieldType<string> => ({
  size: 16,
  typeName: 'GUID',
  read: (buffer, offset) => dashed(mixed(Buffer.from(buffer.subarray(offset, offset + 16))).toString('hex')),
  write: (buffer, offset, value) => void mixed(parseUuid(value)).copy(buffer, offset),
  format: (value) => value,
  parse: (text) => dashed(parseUuid(text).toString('hex')),
});
