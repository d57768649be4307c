import { spokenSign } from '../byteClass';
import { formatSize } from '../../../../common/text/size';
import { halfFromBits, halfToBits } from './halfFloat';
import * as times from './times';

/** One way to read the bytes at the cursor. */
export interface Interpretation {
  id: string;
  title: string;
  /** Bytes that it needs. */
  length: number;
  /** Reads otherwise in the other byte order. */
  ordered: boolean;
  /** The value in words; null when the bytes have no such meaning. */
  read(view: DataView, littleEndian: boolean): string | null;
  /** Writes a value over the bytes. @throws Error in words when it is none */
  write?(view: DataView, text: string, littleEndian: boolean): void;
}

function parseInteger(text: string, lowest: bigint, highest: bigint): bigint {
  const digits = text.replace(/[\s_,]/g, '');
  if (!/^-?(\d+|0x[0-9a-f]+|0b[01]+)$/i.test(digits)) throw new Error('write a whole number, decimal or with 0x');
  const value = digits.startsWith('-') ? -BigInt(digits.slice(1)) : BigInt(digits);
  if (value < lowest || value > highest) throw new Error(`write a number from ${lowest} to ${highest}`);
  return value;
}

/** An integer of 8 to 64 bits, by BigInt so that every value is exact. */
function integer(bits: 8 | 16 | 32 | 64, signed: boolean): Interpretation {
  const bytes = bits / 8;
  const bitCount = BigInt(bits);
  const [lowest, highest] = signed ? [-(1n << (bitCount - 1n)), (1n << (bitCount - 1n)) - 1n] : [0n, (1n << bitCount) - 1n];
  return {
    id: `${signed ? 'i' : 'u'}${bits}`,
    title: `${signed ? 'int' : 'uint'}${bits}`,
    length: bytes,
    ordered: bits > 8,
    read(view, littleEndian) {
      let value = 0n;
      for (let index = 0; index < bytes; index += 1) {
        value = (value << 8n) | BigInt(view.getUint8(littleEndian ? bytes - 1 - index : index));
      }
      return String(signed ? BigInt.asIntN(bits, value) : value);
    },
    write(view, text, littleEndian) {
      let value = BigInt.asUintN(bits, parseInteger(text, lowest, highest));
      for (let index = 0; index < bytes; index += 1) {
        view.setUint8(littleEndian ? index : bytes - 1 - index, Number(value & 0xffn));
        value >>= 8n;
      }
    },
  };
}

function parseFloatText(text: string): number {
  const value = Number(text.trim() || 'none');
  if (Number.isNaN(value) && text.trim() !== 'NaN') throw new Error('write a number such as -1.5e3, Infinity or NaN');
  return value;
}

const floats: Interpretation[] = [
  {
    id: 'f16',
    title: 'float16',
    length: 2,
    ordered: true,
    read: (view, littleEndian) => String(halfFromBits(view.getUint16(0, littleEndian))),
    write: (view, text, littleEndian) => view.setUint16(0, halfToBits(parseFloatText(text)), littleEndian),
  },
  {
    id: 'f32',
    title: 'float32',
    length: 4,
    ordered: true,
    read: (view, littleEndian) => String(Number(view.getFloat32(0, littleEndian).toPrecision(9))),
    write: (view, text, littleEndian) => view.setFloat32(0, parseFloatText(text), littleEndian),
  },
  {
    id: 'f64',
    title: 'float64',
    length: 8,
    ordered: true,
    read: (view, littleEndian) => String(view.getFloat64(0, littleEndian)),
    write: (view, text, littleEndian) => view.setFloat64(0, parseFloatText(text), littleEndian),
  },
];

/** Byte order of a GUID's text: mixed (the first three fields little endian, as GPT and Windows keep it) or as written. */
const mixedOrder = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
const guid: Interpretation = {
  id: 'guid',
  title: 'GUID',
  length: 16,
  ordered: true,
  read(view, littleEndian) {
    const digits = mixedOrder.map((place, index) =>
      view
        .getUint8(littleEndian ? place : index)
        .toString(16)
        .padStart(2, '0'),
    );
    const text = digits.join('');
    return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join('-');
  },
  write(view, text, littleEndian) {
    const digits = text.replace(/[{}\s-]/g, '');
    if (!/^[0-9a-f]{32}$/i.test(digits)) throw new Error('write a GUID as 12345678-9abc-def0-1234-56789abcdef0');
    for (let index = 0; index < 16; index += 1) {
      const byte = Number.parseInt(digits.slice(index * 2, index * 2 + 2), 16);
      view.setUint8(littleEndian ? mixedOrder[index]! : index, byte);
    }
  },
};

const instants: Interpretation[] = [
  {
    id: 'unix32',
    title: 'Unix 32',
    length: 4,
    ordered: true,
    read: (view, littleEndian) => times.formatTicks(times.secondsToTicks(BigInt(view.getInt32(0, littleEndian)))),
    write(view, text, littleEndian) {
      const seconds = times.ticksToSeconds(times.parseTicks(text));
      if (BigInt.asIntN(32, seconds) !== seconds) throw new Error('32 bits reach from 1901 to 2038');
      view.setInt32(0, Number(seconds), littleEndian);
    },
  },
  {
    id: 'unix64',
    title: 'Unix 64',
    length: 8,
    ordered: true,
    read: (view, littleEndian) => times.formatTicks(times.secondsToTicks(view.getBigInt64(0, littleEndian))),
    write: (view, text, littleEndian) => view.setBigInt64(0, times.ticksToSeconds(times.parseTicks(text)), littleEndian),
  },
  {
    id: 'filetime',
    title: 'FILETIME',
    length: 8,
    ordered: true,
    read: (view, littleEndian) => times.formatTicks(times.filetimeToTicks(view.getBigUint64(0, littleEndian))),
    write(view, text, littleEndian) {
      const filetime = times.ticksToFiletime(times.parseTicks(text));
      if (filetime < 0n) throw new Error('FILETIME begins in 1601');
      view.setBigUint64(0, filetime, littleEndian);
    },
  },
  {
    id: 'dos',
    title: 'DOS time',
    length: 4,
    ordered: true,
    read: (view, littleEndian) => times.formatDosTime(view.getUint32(0, littleEndian)),
    write: (view, text, littleEndian) => view.setUint32(0, times.parseDosTime(text), littleEndian),
  },
];

function describeCharacter(text: string): string | null {
  const point = text.codePointAt(0);
  if (point === undefined || text === '\ufffd') return null;
  const code = `U+${point.toString(16).toUpperCase().padStart(4, '0')}`;
  const sign = point < 0x80 ? spokenSign(point) : /[\p{C}\p{Z}]/u.test(text) ? '' : text;
  return sign ? `${sign}  ${code}` : code;
}

const characters: Interpretation[] = [
  {
    id: 'utf8',
    title: 'UTF-8',
    length: 1,
    ordered: false,
    read(view) {
      const bytes = new Uint8Array(view.buffer, view.byteOffset, Math.min(4, view.byteLength));
      const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
      return describeCharacter(String.fromCodePoint(text.codePointAt(0) ?? 0xfffd));
    },
  },
  {
    id: 'utf16',
    title: 'UTF-16',
    length: 2,
    ordered: true,
    read(view, littleEndian) {
      const first = view.getUint16(0, littleEndian);
      const second = view.byteLength >= 4 ? view.getUint16(2, littleEndian) : 0;
      const pair = first >= 0xd800 && first < 0xdc00 && second >= 0xdc00 && second < 0xe000;
      if (first >= 0xd800 && first < 0xe000 && !pair) return null;
      return describeCharacter(pair ? String.fromCharCode(first, second) : String.fromCharCode(first));
    },
  },
];

const binary: Interpretation = {
  id: 'bits',
  title: 'Bits',
  length: 1,
  ordered: false,
  read: (view) =>
    view
      .getUint8(0)
      .toString(2)
      .padStart(8, '0')
      .replace(/^(.{4})/, '$1 '),
  write(view, text) {
    const bits = text.replace(/\s/g, '');
    if (!/^[01]{8}$/.test(bits)) throw new Error('write eight bits, the highest first');
    view.setUint8(0, Number.parseInt(bits, 2));
  },
};

/** Rows of the data inspector, in their order. */
export const interpretations: readonly Interpretation[] = [
  binary,
  ...([8, 16, 32, 64] as const).flatMap((bits) => [integer(bits, false), integer(bits, true)]),
  ...floats,
  guid,
  ...instants,
  ...characters,
];

/** A sector number that the bytes may be, as an offset on the device; null when the device has no such sector. */
export function asSectorOffset(
  view: DataView,
  bits: 32 | 64,
  littleEndian: boolean,
  device: { size: number; sectorSize: number },
): { lba: number; offset: number; text: string } | null {
  if (view.byteLength < bits / 8) return null;
  const value = bits === 32 ? BigInt(view.getUint32(0, littleEndian)) : view.getBigUint64(0, littleEndian);
  const offset = value * BigInt(device.sectorSize);
  if (offset >= BigInt(device.size)) return null;
  const text = `LBA ${value} at ${formatSize(Number(offset))}`;
  return { lba: Number(value), offset: Number(offset), text };
}

/** Bytes that any interpretation may need. */
export const inspectedLength = 16;
