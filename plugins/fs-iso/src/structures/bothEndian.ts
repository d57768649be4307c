import type { FieldType } from '@diskwright/sdk/struct';

/** An integer that stands there twice, little endian and then big endian; the first counts. Both are written. */
function bothEndian(width: 2 | 4): FieldType<number> {
  return {
    size: width * 2,
    typeName: `u${width * 8} in both byte orders`,
    read: (buffer, offset) => buffer.readUIntLE(offset, width),
    write: (buffer, offset, value) => {
      buffer.writeUIntLE(value, offset, width);
      buffer.writeUIntBE(value, offset + width, width);
    },
    format: String,
    parse: (text) => {
      const value = /^\d+$/.test(text.trim()) ? Number(text) : NaN;
      if (!(value < 2 ** (width * 8))) throw new RangeError(`"${text}" is not an integer of ${width * 8} bits`);
      return value;
    },
  };
}

export const both16 = (): FieldType<number> => bothEndian(2);
export const both32 = (): FieldType<number> => bothEndian(4);

/** Whether both forms of an integer at `offset` say the same. */
export function isSameTwice(buffer: Buffer, offset: number, width: 2 | 4): boolean {
  return buffer.readUIntLE(offset, width) === buffer.readUIntBE(offset + width, width);
}
