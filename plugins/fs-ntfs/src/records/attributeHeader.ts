import { AttributeType, fileRecordHeader, nonResidentAttribute, residentAttribute } from '../structures/fileRecord';
import { readU16, readU32 } from './littleEndian';

const record = (name: Parameters<typeof fileRecordHeader.range>[0]): number => fileRecordHeader.range(name).offset;
const resident = (name: Parameters<typeof residentAttribute.range>[0]): number => residentAttribute.range(name).offset;
const outside = (name: Parameters<typeof nonResidentAttribute.range>[0]): number => nonResidentAttribute.range(name).offset;

/** Looked up once: a listing goes through millions of attributes. */
export const recordOffsets = {
  sequenceNumber: record('sequenceNumber'),
  linkCount: record('linkCount'),
  firstAttribute: record('firstAttribute'),
  flags: record('flags'),
  bytesInUse: record('bytesInUse'),
  baseRecord: record('baseRecord'),
} as const;
export const attributeOffsets = {
  length: resident('length'),
  nonResident: resident('nonResident'),
  nameLength: resident('nameLength'),
  nameOffset: resident('nameOffset'),
  flags: resident('flags'),
  valueLength: resident('valueLength'),
  valueOffset: resident('valueOffset'),
  lowestVcn: outside('lowestVcn'),
  runsOffset: outside('runsOffset'),
  compressionUnit: outside('compressionUnit'),
  allocatedSize: outside('allocatedSize'),
  dataSize: outside('dataSize'),
  initializedSize: outside('initializedSize'),
} as const;

/** Attributes in a record, more than any has: bounds what a damaged one costs. */
const MOST_ATTRIBUTES = 4096;

/**
 * Calls `visit` with the place of each attribute of the record at `start`, which is whole: its header, its name and, when it is resident, its value lie inside.
 * @returns false when the chain makes no sense from some attribute on
 */
export function visitAttributes(
  bytes: Buffer,
  start: number,
  recordBytes: number,
  visit: (at: number, type: number, length: number) => void,
): boolean {
  const end = start + Math.min(recordBytes, readU32(bytes, start + recordOffsets.bytesInUse));
  let at = start + readU16(bytes, start + recordOffsets.firstAttribute);
  for (let count = 0; count < MOST_ATTRIBUTES; count++) {
    if (at + 4 > end) return false;
    const type = readU32(bytes, at);
    if (type === AttributeType.END) return true;
    if (at + residentAttribute.size > end) return false;
    const length = readU32(bytes, at + attributeOffsets.length);
    if (length < residentAttribute.size || length % 8 !== 0 || at + length > end || !isWhole(bytes, at, length)) return false;
    visit(at, type, length);
    at += length;
  }
  return false;
}

function isWhole(bytes: Buffer, at: number, length: number): boolean {
  const nameEnd = readU16(bytes, at + attributeOffsets.nameOffset) + bytes[at + attributeOffsets.nameLength]! * 2;
  if (bytes[at + attributeOffsets.nameLength] !== 0 && nameEnd > length) return false;
  if (bytes[at + attributeOffsets.nonResident] !== 0)
    return length >= nonResidentAttribute.size && readU16(bytes, at + attributeOffsets.runsOffset) <= length;
  const value = readU16(bytes, at + attributeOffsets.valueOffset);
  return value + readU32(bytes, at + attributeOffsets.valueLength) <= length;
}

/** The name of the attribute at a place, such as `$I30` or that of a stream; empty for most. */
export function attributeName(bytes: Buffer, at: number): string {
  const length = bytes[at + attributeOffsets.nameLength]!;
  if (length === 0) return '';
  const start = at + readU16(bytes, at + attributeOffsets.nameOffset);
  return bytes.toString('utf16le', start, start + length * 2);
}
