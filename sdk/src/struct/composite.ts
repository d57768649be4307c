import { encodeValue, type FieldType } from './fieldType';
import type { Field, StructLayout, StructValue } from './structLayout';

/** `count` values of one type, one after the other; its parts are named by their index. */
export function array<T>(type: FieldType<T>, count: number): FieldType<T[]> {
  return {
    size: type.size * count,
    typeName: `${count} × ${type.typeName}`,
    read: (buffer, offset) => Array.from({ length: count }, (_, index) => type.read(buffer, offset + index * type.size)),
    write: (buffer, offset, values) => {
      if (values.length !== count) throw new RangeError(`${values.length} values do not fit an array of ${count}`);
      values.forEach((value, index) => type.write(buffer, offset + index * type.size, value));
    },
    format: (values) => values.map((value) => type.format(value)).join(' '),
    parse: (text) => {
      const parts = text.trim().split(/\s+/);
      if (parts.length !== count) throw new RangeError(`"${text}" is not ${count} values`);
      return parts.map((part) => type.parse(part));
    },
    // An array of plain values reads well as one line; structures need their own rows.
    ...(type.describeParts && {
      describeParts: (buffer, offset, base) =>
        Array.from({ length: count }, (_, index) => ({
          name: String(index),
          offset: base + index * type.size,
          length: type.size,
          value: type.format(type.read(buffer, offset + index * type.size)),
          fields: type.describeParts?.(buffer, offset + index * type.size, base + index * type.size) ?? [],
        })),
    }),
    encodePart: ([name = '', ...rest], text) => {
      const index = Number(name);
      if (!/^\d+$/.test(name) || index >= count) throw new RangeError(`"${name}" is no index below ${count}`);
      const part = encodeValue(type, rest, text);
      return { offset: index * type.size + part.offset, bytes: part.bytes };
    },
  };
}

/** A structure inside a structure. */
export function nested<F extends { [K in keyof F]: Field<unknown> }>(layout: StructLayout<F>): FieldType<StructValue<F>> {
  return {
    size: layout.size,
    typeName: layout.name,
    read: (buffer, offset) => layout.read(buffer, offset),
    write: (buffer, offset, value) =>
      void layout.encode(value, buffer.subarray(offset, offset + layout.size)).copy(buffer, offset),
    format: (value) => JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? String(part) : part)),
    parse: () => {
      throw new RangeError(`${layout.name} is edited field by field`);
    },
    describeParts: (buffer, offset, base) => layout.describe(buffer, offset, base),
    encodePart: (path, text) => layout.encodeField(path, text),
  };
}
