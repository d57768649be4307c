import { RecordFlag } from '../structures/fileRecord';
import { recordOffsets } from './attributeHeader';
import { readRecordNumber, readSequence, readU16, readU32 } from './littleEndian';
import { applyUpdateSequence } from './updateSequence';

const FILE_MAGIC = 0x454c_4946;

/** A record of the master file table whose update sequence was taken away. */
export class FileRecord {
  private constructor(
    readonly number: number,
    readonly bytes: Buffer,
    /** Where it begins in `bytes`. */
    readonly start: number,
    readonly length: number,
  ) {}

  /** The record at `start`, restored in place; null when it is none, or torn. */
  static at(number: number, bytes: Buffer, start: number, length: number): FileRecord | null {
    if (readU32(bytes, start) !== FILE_MAGIC || !applyUpdateSequence(bytes, start, length)) return null;
    return new FileRecord(number, bytes, start, length);
  }

  get sequenceNumber(): number {
    return this.bytes.readUInt16LE(this.start + recordOffsets.sequenceNumber);
  }
  get links(): number {
    return this.bytes.readUInt16LE(this.start + recordOffsets.linkCount);
  }
  get isInUse(): boolean {
    return (this.flags & RecordFlag.IN_USE) !== 0;
  }
  get isDirectory(): boolean {
    return (this.flags & RecordFlag.DIRECTORY) !== 0;
  }
  /** The file that this record continues; null when it is a file's first record. */
  get base(): { record: number; sequence: number } | null {
    const at = this.start + recordOffsets.baseRecord;
    const record = readRecordNumber(this.bytes, at);
    const sequence = readSequence(this.bytes, at);
    return record === 0 && sequence === 0 ? null : { record, sequence };
  }

  private get flags(): number {
    return readU16(this.bytes, this.start + recordOffsets.flags);
  }
}
