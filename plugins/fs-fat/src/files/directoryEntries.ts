import { utf16Name } from '@diskwright/sdk';
import type { FatGeometry } from '../geometry';
import { Attribute, DELETED, directoryEntry, END_OF_DIRECTORY } from '../structures/directoryEntry';
import { LongNameCollector } from './longName';
import { isDotName, shortNameAt, shortNameChecksum, type EntryName } from './shortName';

export const ENTRY_BYTES = directoryEntry.size;
/** Where the fields of a short entry begin. Taken once: a directory has tens of thousands of entries. */
export const fieldAt = {
  attributes: directoryEntry.range('attributes').offset,
  caseFlags: directoryEntry.range('caseFlags').offset,
  clusterHigh: directoryEntry.range('clusterHigh').offset,
  writeTime: directoryEntry.range('writeTime').offset,
  writeDate: directoryEntry.range('writeDate').offset,
  clusterLow: directoryEntry.range('clusterLow').offset,
  size: directoryEntry.range('size').offset,
};

/** A file or directory as its directory has it. */
export interface RawEntry {
  /** Where its short entry lies on the volume. */
  offset: number;
  name: EntryName;
  attributes: number;
  /** 0 where it has no content. */
  firstCluster: number;
  size: number;
  writeDate: number;
  writeTime: number;
  /** The short entry. */
  bytes: Buffer;
}

/** What the entries of a directory are, besides files. */
export interface EntryNotes {
  /** Pieces of long names that belong to no short entry, or to another. */
  onOrphan?(offset: number): void;
  /** `.` or, where `isParent`, `..`, with the cluster that it names. */
  onDots?(offset: number, firstCluster: number, isParent: boolean): void;
}

/** Told where in a piece a short entry begins, and how many bytes its long name has, which `longName` of the parser holds now; 0 where it has none. */
export type EntryVisitor = (start: number, longBytes: number) => void;

/** Goes through the pieces of one directory, in order; a long name may reach from one into the next. */
export class DirectoryParser {
  /** Set once an entry said that no more follow. */
  isAtEnd = false;
  readonly longName = new LongNameCollector();

  constructor(
    private readonly geometry: FatGeometry,
    private readonly notes: EntryNotes = {},
  ) {}

  /** The files and directories in a piece that lies at `offset`; `.`, `..`, labels and deleted ones are left out. */
  entriesIn(bytes: Buffer, offset: number): RawEntry[] {
    const entries: RawEntry[] = [];
    this.visit(bytes, offset, (start, longBytes) => {
      const long = longBytes > 0 ? utf16Name(this.longName.units.subarray(0, longBytes)) : null;
      entries.push(entryAt(bytes, start, offset + start, this.geometry, long));
    });
    return entries;
  }

  /** As {@link entriesIn}, without an object for each. */
  visit(bytes: Buffer, offset: number, visit: EntryVisitor): void {
    for (let start = 0; start + ENTRY_BYTES <= bytes.length; start += ENTRY_BYTES) {
      const first = bytes[start];
      if (first === END_OF_DIRECTORY) {
        this.isAtEnd = true;
        this.dropPending(offset + start);
        return;
      }
      if (first === DELETED) {
        this.dropPending(offset + start);
        continue;
      }
      const attributes = bytes[start + fieldAt.attributes]!;
      if ((attributes & Attribute.mask) === Attribute.longName) {
        if (!this.longName.add(bytes, start)) this.notes.onOrphan?.(offset + start);
      } else if ((attributes & Attribute.volumeId) !== 0) this.dropPending(offset + start);
      else if (isDotName(bytes, start)) {
        this.dropPending(offset + start);
        this.notes.onDots?.(offset + start, firstClusterAt(bytes, start, this.geometry), bytes[start + 1] === bytes[start]);
      } else {
        const wasPending = this.longName.isPending;
        const longBytes = wasPending ? this.longName.takeLength(shortNameChecksum(bytes, start)) : 0;
        if (wasPending && longBytes === 0) this.notes.onOrphan?.(offset + start);
        visit(start, longBytes);
      }
    }
  }

  private dropPending(offset: number): void {
    if (!this.longName.isPending) return;
    this.longName.drop();
    this.notes.onOrphan?.(offset);
  }
}

/** The short entry at `start` of `bytes`, which lies at `offset` of the volume, under its long name where it has one. */
export function entryAt(bytes: Buffer, start: number, offset: number, geometry: FatGeometry, long: EntryName | null): RawEntry {
  return {
    offset,
    name: long ?? shortNameAt(bytes, start, bytes[start + fieldAt.caseFlags]!),
    attributes: bytes[start + fieldAt.attributes]!,
    firstCluster: firstClusterAt(bytes, start, geometry),
    size: bytes.readUInt32LE(start + fieldAt.size),
    writeDate: bytes.readUInt16LE(start + fieldAt.writeDate),
    writeTime: bytes.readUInt16LE(start + fieldAt.writeTime),
    bytes: bytes.subarray(start, start + ENTRY_BYTES),
  };
}

export function isDirectory({ attributes }: RawEntry): boolean {
  return (attributes & Attribute.directory) !== 0;
}

/** FAT12 and FAT16 have 16 bits; the others are something else there (OS/2's extended attributes). */
export function firstClusterAt(bytes: Buffer, start: number, { width }: FatGeometry): number {
  const low = bytes.readUInt16LE(start + fieldAt.clusterLow);
  return width === 32 ? bytes.readUInt16LE(start + fieldAt.clusterHigh) * 0x10000 + low : low;
}
