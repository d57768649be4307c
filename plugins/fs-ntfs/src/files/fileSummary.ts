import { type Utf16Name, utf16Name } from '@diskwright/sdk';
import { AttributeFlag, AttributeType, fileName, standardInformation } from '../structures/fileRecord';
import { attributeName, attributeOffsets, visitAttributes } from '../records/attributeHeader';
import type { FileRecord } from '../records/fileRecord';
import { readRecordNumber, readSequence, readSize } from '../records/littleEndian';
import { fileTimeMilliseconds, TimeOffset } from './fileTime';
import { isInterixLink } from './interix';

const inName = (name: Parameters<typeof fileName.range>[0]): number => fileName.range(name).offset;
/** In the value of a name. */
export const nameOffsets = {
  nameLength: inName('nameLength'),
  namespace: inName('namespace'),
} as const;
const FILE_ATTRIBUTES = standardInformation.range('fileAttributes').offset;
const TIMES_BYTES = 32;
export const DOS_NAMESPACE = 2;

/** Record and sequence number of the directory of a name. */
export interface NamePlace {
  parent: number;
  parentSequence: number;
}

/** A name of a file in a directory. */
export interface FileName extends Utf16Name, NamePlace {}

/** What a listing tells of a file, gathered from its records. */
export class FileSummary {
  readonly number: number;
  readonly sequenceNumber: number;
  readonly isDirectory: boolean;
  /** Without those that are for DOS alone. */
  readonly names: FileName[] = [];
  /** Bytes of the unnamed stream; 0 when there is none. */
  size = 0;
  /** Bits of `AttributeFlag` of the unnamed stream. */
  dataFlags = 0;
  fileAttributes = 0;
  /** Milliseconds since 1970; null when not recorded. */
  modified: number | null = null;
  /** Created, modified, changed, accessed: 100 ns since 1601, as on disk; null when the record has none, or they are not kept. */
  times: Buffer | null = null;
  /** 0 for no reparse point. */
  reparseTag = 0;
  /** The value of the reparse point. */
  reparse: Buffer | null = null;
  /** The value of the unnamed stream, where it lies in a record and may be a link of Interix. */
  interix: Buffer | null = null;
  hasStreams = false;
  hasExtendedAttributes = false;
  /** Parts are in further records, which have to be added. */
  hasList = false;
  /** The value of the reparse point lies in clusters of its own, and has to be read. */
  hasFarReparse = false;
  /** Not all of its attributes make sense. */
  isDamaged = false;

  /** @param keepsTimes a listing of names alone goes without them, which saves it a fifth of its work */
  constructor(
    base: FileRecord,
    private readonly keepsTimes = true,
  ) {
    this.number = base.number;
    this.sequenceNumber = base.sequenceNumber;
    this.isDirectory = base.isDirectory;
    this.add(base);
  }

  /** Adds what a record of the file tells. Keeps none of its memory. */
  add(record: FileRecord): void {
    const { bytes } = record;
    const isWhole = visitAttributes(bytes, record.start, record.length, (at, type) => this.addAttribute(bytes, at, type));
    if (!isWhole) this.isDamaged = true;
  }

  /** Takes a copy of the value of the reparse point. */
  setReparse(value: Buffer): void {
    if (value.length < 8) return;
    this.reparseTag = value.readUInt32LE(0);
    this.reparse = Buffer.from(value);
  }

  /** Whether more has to be read than the first record. */
  get isSpread(): boolean {
    return this.hasList || this.hasFarReparse;
  }

  private addAttribute(bytes: Buffer, at: number, type: number): void {
    const isResident = bytes[at + attributeOffsets.nonResident] === 0;
    const value = isResident ? at + bytes.readUInt16LE(at + attributeOffsets.valueOffset) : 0;
    const length = isResident ? bytes.readUInt32LE(at + attributeOffsets.valueLength) : 0;
    switch (type) {
      case AttributeType.STANDARD_INFORMATION:
        if (length < standardInformation.size) return;
        this.modified = fileTimeMilliseconds(bytes, value + TimeOffset.modified);
        if (this.keepsTimes) this.times = Buffer.from(bytes.subarray(value, value + TIMES_BYTES));
        this.fileAttributes = bytes.readUInt32LE(value + FILE_ATTRIBUTES);
        return;
      case AttributeType.ATTRIBUTE_LIST:
        this.hasList = true;
        return;
      case AttributeType.FILE_NAME:
        if (isResident) this.addName(bytes, value, length);
        return;
      case AttributeType.DATA:
        this.addData(bytes, at, isResident ? { value, length } : null);
        return;
      case AttributeType.REPARSE_POINT:
        if (!isResident) this.hasFarReparse = true;
        else this.setReparse(bytes.subarray(value, value + length));
        return;
      case AttributeType.EA:
        this.hasExtendedAttributes = true;
    }
  }

  private addName(bytes: Buffer, value: number, length: number): void {
    if (length < fileName.size) return;
    const units = bytes[value + nameOffsets.nameLength]!;
    const start = value + fileName.size;
    if (units === 0 || fileName.size + units * 2 > length) {
      this.isDamaged = true;
      return;
    }
    if (bytes[value + nameOffsets.namespace] === DOS_NAMESPACE) return;
    const { text, raw } = utf16Name(bytes.subarray(start, start + units * 2));
    const name = { parent: readRecordNumber(bytes, value), parentSequence: readSequence(bytes, value), text };
    this.names.push(raw ? { ...name, raw } : name);
  }

  private addData(bytes: Buffer, at: number, resident: { value: number; length: number } | null): void {
    if (attributeName(bytes, at) !== '') {
      this.hasStreams = true;
      return;
    }
    if (resident) {
      this.size = resident.length;
      const { value, length } = resident;
      if (isInterixLink(bytes, value, length)) this.interix = Buffer.from(bytes.subarray(value, value + length));
    } else if (readSize(bytes, at + attributeOffsets.lowestVcn) === 0)
      this.size = readSize(bytes, at + attributeOffsets.dataSize);
    else return;
    this.dataFlags = bytes.readUInt16LE(at + attributeOffsets.flags);
  }

  get isEncrypted(): boolean {
    return (this.dataFlags & AttributeFlag.ENCRYPTED) !== 0;
  }
}
