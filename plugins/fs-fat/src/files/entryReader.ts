import type { EntryColumns } from '@diskwright/sdk';
import type { FatGeometry } from '../geometry';
import { Attribute } from '../structures/directoryEntry';
import { type DirectoryParser, fieldAt, firstClusterAt } from './directoryEntries';
import { shortNameAt } from './shortName';
import { secondsOf } from './times';

/** A directory among entries. */
export interface DirectoryEntry {
  /** In the columns. */
  index: number;
  /** Its first. */
  cluster: number;
  /** Where its short entry lies on the volume. */
  offset: number;
  /** Milliseconds since 1970; NaN where none is recorded. */
  mtime: number;
}

/** Reads entries of directories right into columns. */
export class EntryReader {
  /** Of those who follow each other, many were written at the same time. */
  private lastWritten = 0;
  private lastTime = NaN;

  constructor(
    private readonly geometry: FatGeometry,
    private readonly columns: EntryColumns,
  ) {}

  /** Adds those in a piece that lies at `offset`. Answers the directories among them. */
  add(parser: DirectoryParser, bytes: Buffer, offset: number): DirectoryEntry[] {
    const { columns } = this;
    const directories: DirectoryEntry[] = [];
    const { units } = parser.longName;
    parser.visit(bytes, offset, (start, longBytes) => {
      const node = offset + start;
      const index =
        longBytes > 0
          ? columns.addUtf16(node, units, 0, longBytes)
          : columns.addName(node, shortNameAt(bytes, start, bytes[start + fieldAt.caseFlags]!));
      const mtime = this.timeOf(bytes.readUInt16LE(start + fieldAt.writeDate), bytes.readUInt16LE(start + fieldAt.writeTime));
      if ((bytes[start + fieldAt.attributes]! & Attribute.directory) === 0)
        columns.set(index, 'file', bytes.readUInt32LE(start + fieldAt.size), mtime);
      else {
        columns.set(index, 'directory', 0, mtime);
        directories.push({ index, cluster: firstClusterAt(bytes, start, this.geometry), offset: node, mtime });
      }
    });
    return directories;
  }

  private timeOf(date: number, time: number): number {
    const written = date * 0x10000 + time;
    if (written !== this.lastWritten) {
      this.lastWritten = written;
      this.lastTime = (secondsOf(date, time) ?? NaN) * 1000;
    }
    return this.lastTime;
  }
}
