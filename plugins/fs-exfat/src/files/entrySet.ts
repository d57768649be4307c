import { utf16Name, type Utf16Name } from '@diskwright/sdk';
import { safeNumber } from '@diskwright/sdk/struct';
import {
  AllocationFlag,
  Attribute,
  ENTRY_BYTES,
  EntryType,
  fileEntry,
  IN_USE,
  nameEntry,
  SECONDARY,
  streamEntry,
} from '../structures/directoryEntries';

/** A run of clusters as an entry tells it: a chain in the FAT, or clusters that follow each other. */
export interface Allocation {
  /** 0 without clusters. */
  firstCluster: number;
  /** Bytes. */
  size: number;
  /** The clusters follow each other; what the FAT says of them means nothing. */
  isContiguous: boolean;
}

/** A file or directory as its directory has it. */
export interface EntrySet extends Allocation {
  /** Where its first entry lies on the volume, and where the second one does: not always behind it. */
  offset: number;
  streamOffset: number;
  name: Utf16Name;
  attributes: number;
  /** Bytes that were written; up to `size` zeros follow. */
  validSize: number;
  isChecksumRight: boolean;
  nameHash: number;
  /** The first entry. */
  file: Buffer;
}

/** What a directory has besides files. */
export interface DirectoryNotes {
  /** An entry in use that is no part of a file. */
  onOther?(bytes: Buffer, offset: number): void;
  /** A set that makes no sense, which is left out. */
  onFault?(offset: number, message: string): void;
}

// Taken once: a directory may have millions of entries.
const at = {
  secondaryCount: fileEntry.range('secondaryCount').offset,
  checksum: fileEntry.range('checksum').offset,
  attributes: fileEntry.range('attributes').offset,
  flags: streamEntry.range('flags').offset,
  nameLength: streamEntry.range('nameLength').offset,
  nameHash: streamEntry.range('nameHash').offset,
  validSize: streamEntry.range('validDataLength').offset,
  firstCluster: streamEntry.range('firstCluster').offset,
  size: streamEntry.range('dataLength').offset,
  name: nameEntry.range('name').offset,
};
const NAME_BYTES = nameEntry.range('name').length;
const LONGEST_NAME = 255;

/** Goes through the pieces of one directory, in order; a set may reach from one into the next. */
export class DirectoryParser {
  /** Set once an entry said that no more follow. */
  isAtEnd = false;
  private readonly names = Buffer.alloc(Math.ceil((LONGEST_NAME * 2) / NAME_BYTES) * NAME_BYTES);
  private pending: { file: Buffer; offset: number; stream: Buffer | null; streamOffset: number } | null = null;
  private missing = 0;
  private nameBytes = 0;
  private checksum = 0;

  constructor(private readonly notes: DirectoryNotes = {}) {}

  /** The files and directories of which the last entry is in a piece that lies at `offset`. */
  *setsIn(bytes: Buffer, offset: number): Generator<EntrySet, void, undefined> {
    for (let start = 0; start + ENTRY_BYTES <= bytes.length; start += ENTRY_BYTES) {
      const type = bytes[start]!;
      if (type === EntryType.end) {
        this.isAtEnd = true;
        this.drop('ends before all of its entries are there');
        return;
      }
      const isPart = (type & (IN_USE | SECONDARY)) === (IN_USE | SECONDARY);
      if (isPart && this.pending) {
        const set = this.addPart(bytes, start, offset + start, type);
        if (set) yield set;
        continue;
      }
      this.drop(`has ${this.missing} entries too few`);
      if (type === EntryType.file) this.begin(bytes, start, offset + start);
      else if (isPart) this.notes.onFault?.(offset + start, 'belongs to no file');
      else if ((type & IN_USE) !== 0) this.notes.onOther?.(bytes.subarray(start, start + ENTRY_BYTES), offset + start);
    }
  }

  private begin(bytes: Buffer, start: number, offset: number): void {
    this.pending = { file: bytes.subarray(start, start + ENTRY_BYTES), offset, stream: null, streamOffset: 0 };
    this.missing = bytes[start + at.secondaryCount]!;
    this.nameBytes = 0;
    this.checksum = addToChecksum(0, bytes, start, at.checksum);
    if (this.missing < 2) this.drop(`has only ${this.missing} entries, where a stream and a name are needed`);
  }

  private addPart(bytes: Buffer, start: number, offset: number, type: number): EntrySet | null {
    const pending = this.pending!;
    this.checksum = addToChecksum(this.checksum, bytes, start, -1);
    if (!pending.stream) {
      if (type !== EntryType.stream) {
        this.drop('has no stream entry');
        return null;
      }
      pending.stream = bytes.subarray(start, start + ENTRY_BYTES);
      pending.streamOffset = offset;
    } else if (type === EntryType.name && this.nameBytes < this.names.length) {
      bytes.copy(this.names, this.nameBytes, start + at.name, start + at.name + NAME_BYTES);
      this.nameBytes += NAME_BYTES;
    }
    return --this.missing === 0 ? this.finish(pending.file, pending.offset, pending.stream, pending.streamOffset) : null;
  }

  private finish(file: Buffer, offset: number, stream: Buffer, streamOffset: number): EntrySet | null {
    const length = stream[at.nameLength]! * 2;
    if (length === 0 || length > this.nameBytes) {
      this.drop(length === 0 ? 'has no name' : 'has a shorter name than it says');
      return null;
    }
    this.pending = null;
    return {
      offset,
      streamOffset,
      name: spoken(this.names.subarray(0, length)),
      isChecksumRight: file.readUInt16LE(at.checksum) === this.checksum,
      ...fieldsOf(file, stream),
    };
  }

  private drop(message: string): void {
    if (!this.pending) return;
    this.notes.onFault?.(this.pending.offset, message);
    this.pending = null;
  }
}

/** What a set says, its name apart. */
export function fieldsOf(file: Buffer, stream: Buffer): Omit<EntrySet, 'offset' | 'streamOffset' | 'name' | 'isChecksumRight'> {
  const flags = stream[at.flags]!;
  return {
    file,
    attributes: file.readUInt16LE(at.attributes),
    firstCluster: stream.readUInt32LE(at.firstCluster),
    size: sizeAt(stream, at.size),
    validSize: sizeAt(stream, at.validSize),
    isContiguous: (flags & AllocationFlag.noFatChain) !== 0,
    nameHash: stream.readUInt16LE(at.nameHash),
  };
}

export function isDirectory({ attributes }: EntrySet): boolean {
  return (attributes & Attribute.directory) !== 0;
}

/** A checksum over an entry goes on from the one before; the two bytes at `skipped` are left out. */
function addToChecksum(sum: number, bytes: Buffer, start: number, skipped: number): number {
  for (let index = 0; index < ENTRY_BYTES; index++)
    if (skipped < 0 || (index !== skipped && index !== skipped + 1))
      sum = (((sum & 1) << 15) + (sum >>> 1) + bytes[start + index]!) & 0xffff;
  return sum;
}

/** Exact where it can be; what is beyond lies outside of every volume. */
function sizeAt(bytes: Buffer, offset: number): number {
  const high = bytes.readUInt32LE(offset + 4);
  return high < 0x20_0000 ? high * 0x1_0000_0000 + bytes.readUInt32LE(offset) : safeNumber(bytes.readBigUInt64LE(offset));
}

/** `.` and `..` are no names: they would lead elsewhere. */
function spoken(bytes: Buffer): Utf16Name {
  const name = utf16Name(bytes);
  if (name.text !== '.' && name.text !== '..') return name;
  return { text: name.text.replaceAll('.', '\\u002e'), raw: Buffer.from(bytes) };
}
