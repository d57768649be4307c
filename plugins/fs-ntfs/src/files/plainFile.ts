import { attributeOffsets, visitAttributes } from '../records/attributeHeader';
import type { FileRecord } from '../records/fileRecord';
import { readRecordNumber, readSequence, readSize, readU16, readU32 } from '../records/littleEndian';
import { AttributeType, fileName, standardInformation } from '../structures/fileRecord';
import { DOS_NAMESPACE, nameOffsets } from './fileSummary';
import { fileTimeMilliseconds, TimeOffset } from './fileTime';
import { isInterixLink } from './interix';

/**
 * What a listing tells of a file that is as most are: no directory, in one record, with one name besides that for DOS, and an ordinary one. One object serves
 * for record after record, and holds numbers alone: an object, a name as text and an array for each file would be most of what a listing costs.
 */
export class PlainFile {
  /** Record and sequence number of its directory. */
  parent = 0;
  parentSequence = 0;
  /** Where its name begins and ends in the bytes of the record, in UTF-16. */
  nameStart = 0;
  nameEnd = 0;
  /** Bytes of the unnamed stream; 0 when there is none. */
  size = 0;
  /** Milliseconds since 1970; NaN when not recorded. */
  modified = NaN;
  private bytes!: Buffer;
  private isPlain = false;

  /** @returns false for what takes a `FileSummary`: then nothing here is of use */
  read(record: FileRecord): boolean {
    if (record.isDirectory) return false;
    this.bytes = record.bytes;
    this.isPlain = true;
    this.nameStart = this.nameEnd = this.size = 0;
    this.modified = NaN;
    const isWhole = visitAttributes(record.bytes, record.start, record.length, this.addAttribute);
    return isWhole && this.isPlain && this.nameEnd > 0;
  }

  private readonly addAttribute = (at: number, type: number): void => {
    const { bytes } = this;
    const isResident = bytes[at + attributeOffsets.nonResident] === 0;
    const value = isResident ? at + readU16(bytes, at + attributeOffsets.valueOffset) : 0;
    const length = isResident ? readU32(bytes, at + attributeOffsets.valueLength) : 0;
    switch (type) {
      case AttributeType.STANDARD_INFORMATION:
        if (length >= standardInformation.size) this.modified = fileTimeMilliseconds(bytes, value + TimeOffset.modified) ?? NaN;
        return;
      case AttributeType.FILE_NAME:
        if (isResident && length >= fileName.size) this.addName(value, length);
        return;
      case AttributeType.DATA:
        if (bytes[at + attributeOffsets.nameLength] !== 0) return;
        if (!isResident) {
          if (readSize(bytes, at + attributeOffsets.lowestVcn) === 0) this.size = readSize(bytes, at + attributeOffsets.dataSize);
        } else if (isInterixLink(bytes, value, length)) this.isPlain = false;
        else this.size = length;
        return;
      case AttributeType.ATTRIBUTE_LIST:
      case AttributeType.REPARSE_POINT:
        this.isPlain = false;
    }
  };

  private addName(value: number, length: number): void {
    const { bytes } = this;
    if (bytes[value + nameOffsets.namespace] === DOS_NAMESPACE) return;
    const start = value + fileName.size;
    const end = start + bytes[value + nameOffsets.nameLength]! * 2;
    if (this.nameEnd > 0 || end === start || end > value + length) {
      this.isPlain = false;
      return;
    }
    this.parent = readRecordNumber(bytes, value);
    this.parentSequence = readSequence(bytes, value);
    this.nameStart = start;
    this.nameEnd = end;
  }
}
