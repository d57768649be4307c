import type { FieldType } from './fieldType';

export type Endianness = 'little' | 'big';

function parseInteger(text: string, minimum: bigint, maximum: bigint): bigint {
  const trimmed = text.trim().replace(/ .*$/, '');
  if (!/^(-?\d+|0x[0-9a-fA-F]+)$/.test(trimmed)) throw new RangeError(`"${text}" is not an integer`);
  const value = BigInt(trimmed);
  if (value < minimum || value > maximum) throw new RangeError(`${trimmed} is not within ${minimum} and ${maximum}`);
  return value;
}

function unsigned(bytes: 1 | 2 | 3 | 4, endianness: Endianness, hexadecimal: boolean): FieldType<number> {
  const little = endianness === 'little';
  const maximum = 2 ** (bytes * 8) - 1;
  return {
    size: bytes,
    typeName: bytes === 1 ? 'u8' : `u${bytes * 8} ${endianness} endian`,
    read: (buffer, offset) => (little ? buffer.readUIntLE(offset, bytes) : buffer.readUIntBE(offset, bytes)),
    write: (buffer, offset, value) =>
      void (little ? buffer.writeUIntLE(value, offset, bytes) : buffer.writeUIntBE(value, offset, bytes)),
    format: (value) => (hexadecimal ? `0x${value.toString(16).padStart(bytes * 2, '0')}` : String(value)),
    parse: (text) => Number(parseInteger(text, 0n, BigInt(maximum))),
  };
}

export const u8 = (): FieldType<number> => unsigned(1, 'little', false);
export const u16 = (endianness: Endianness = 'little'): FieldType<number> => unsigned(2, endianness, false);
export const u24 = (endianness: Endianness = 'little'): FieldType<number> => unsigned(3, endianness, false);
export const u32 = (endianness: Endianness = 'little'): FieldType<number> => unsigned(4, endianness, false);
/** As the unsigned types, shown in hexadecimal: magics, flags, checksums. */
export const hex8 = (): FieldType<number> => unsigned(1, 'little', true);
export const hex16 = (endianness: Endianness = 'little'): FieldType<number> => unsigned(2, endianness, true);
export const hex32 = (endianness: Endianness = 'little'): FieldType<number> => unsigned(4, endianness, true);

function bigUnsigned(endianness: Endianness, hexadecimal: boolean): FieldType<bigint> {
  const little = endianness === 'little';
  return {
    size: 8,
    typeName: `u64 ${endianness} endian`,
    read: (buffer, offset) => (little ? buffer.readBigUInt64LE(offset) : buffer.readBigUInt64BE(offset)),
    write: (buffer, offset, value) =>
      void (little ? buffer.writeBigUInt64LE(value, offset) : buffer.writeBigUInt64BE(value, offset)),
    format: (value) => (hexadecimal ? `0x${value.toString(16).padStart(16, '0')}` : String(value)),
    parse: (text) => parseInteger(text, 0n, 2n ** 64n - 1n),
  };
}

/** 64 bits exactly, as a bigint, so that an encoder gives back what was read; arithmetic goes through {@link safeNumber}. */
export const u64 = (endianness: Endianness = 'little'): FieldType<bigint> => bigUnsigned(endianness, false);
export const hex64 = (endianness: Endianness = 'little'): FieldType<bigint> => bigUnsigned(endianness, true);

/**
 * A 64-bit value as a number for bounds checks; what is beyond 2^53 − 1 becomes Infinity, which lies outside of every device, so that a comparison
 * with a size refuses it.
 */
export function safeNumber(value: bigint): number {
  return value > BigInt(Number.MAX_SAFE_INTEGER) ? Infinity : Number(value);
}

export const i32 = (endianness: Endianness = 'little'): FieldType<number> => ({
  size: 4,
  typeName: `i32 ${endianness} endian`,
  read: (buffer, offset) => (endianness === 'little' ? buffer.readInt32LE(offset) : buffer.readInt32BE(offset)),
  write: (buffer, offset, value) =>
    void (endianness === 'little' ? buffer.writeInt32LE(value, offset) : buffer.writeInt32BE(value, offset)),
  format: String,
  parse: (text) => Number(parseInteger(text, -(2n ** 31n), 2n ** 31n - 1n)),
});

/** Seconds since 1970 as an unsigned 32-bit integer; shown as an ISO time, 0 as `never`. */
export const unixTime32 = (endianness: Endianness = 'little'): FieldType<number> => {
  const base = unsigned(4, endianness, false);
  return {
    ...base,
    typeName: `seconds since 1970, ${base.typeName}`,
    format: (value) => (value === 0 ? 'never' : `${new Date(value * 1000).toISOString().slice(0, 19)}Z`),
    parse: (text) => {
      if (text.trim() === 'never') return 0;
      const seconds = /^\d+$/.test(text.trim()) ? Number(text) : Date.parse(text) / 1000;
      if (!(seconds >= 0 && seconds <= 0xffffffff)) throw new RangeError(`"${text}" is not a time between 1970 and 2106`);
      return Math.floor(seconds);
    },
  };
};
