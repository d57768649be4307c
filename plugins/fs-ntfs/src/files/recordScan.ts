import { RecordFlag } from '../structures/fileRecord';
import { recordOffsets } from '../records/attributeHeader';
import { FileRecord } from '../records/fileRecord';
import { readU16, readU32 } from '../records/littleEndian';
import type { MasterFileTable } from '../records/masterFileTable';
import { salvagePieces } from '../records/readPieces';

const PIECE_BYTES = 2 * 1024 * 1024;
const FILE_MAGIC = 0x454c_4946;

/** Records that lie side by side in the table. */
export interface ScannedPiece {
  /** Numbers the pieces from 0; all but the last hold equally many records. */
  index: number;
  /** Those in use that are whole. */
  records: FileRecord[];
  /** The numbers of those in use that are torn, ascending. */
  torn: number[];
  /** The numbers of what is no record at all, in use or not, ascending. */
  blank: number[];
}

export interface ScanOptions {
  /** Pieces that are not wanted are not read; absent means all are. */
  isWanted?(piece: number): boolean;
  /** Records that continue those of files as well; otherwise the first one of each file only. */
  withParts?: boolean;
}

/**
 * Goes through the whole table in the order of the disk, in large pieces; while one is looked at, the next is being read.
 * @throws what `read` throws
 */
export async function* scanRecords(
  table: MasterFileTable,
  signal: AbortSignal,
  { isWanted = () => true, withParts = false }: ScanOptions = {},
): AsyncGenerator<ScannedPiece, void, undefined> {
  const { recordBytes } = table.volume;
  const recordsInPiece = Math.max(1, Math.floor(PIECE_BYTES / recordBytes));
  const pieces = Math.ceil(table.recordCount / recordsInPiece);
  const next = (from: number): number => {
    let index = from;
    while (index < pieces && !isWanted(index)) index++;
    return index;
  };
  const read = (index: number): Promise<Buffer> | null => {
    if (index >= pieces) return null;
    const first = index * recordsInPiece;
    const length = Math.min(recordsInPiece, table.recordCount - first) * recordBytes;
    const bytes = salvagePieces(table.source, table.runs, first * recordBytes, length, signal);
    // Whoever waits for it is told; until then nobody may be.
    bytes.catch(() => undefined);
    return bytes;
  };
  let index = next(0);
  for (let pending = read(index); pending;) {
    signal.throwIfAborted();
    const bytes = await pending;
    const following = next(index + 1);
    pending = read(following);
    yield { index, ...recordsIn(bytes, index * recordsInPiece, recordBytes, withParts) };
    index = following;
  }
}

function recordsIn(bytes: Buffer, first: number, recordBytes: number, withParts: boolean): Omit<ScannedPiece, 'index'> {
  const [records, torn, blank]: [FileRecord[], number[], number[]] = [[], [], []];
  for (let start = 0; start + recordBytes <= bytes.length; start += recordBytes) {
    const number = first + start / recordBytes;
    if (readU32(bytes, start) !== FILE_MAGIC) {
      blank.push(number);
      continue;
    }
    // What is free is most of some tables: it is left before anything is made of it.
    if ((readU16(bytes, start + recordOffsets.flags) & RecordFlag.IN_USE) === 0) continue;
    const record = FileRecord.at(number, bytes, start, recordBytes);
    const base = start + recordOffsets.baseRecord;
    if (!record) torn.push(number);
    else if (withParts || (readU32(bytes, base) === 0 && readU32(bytes, base + 4) === 0)) records.push(record);
  }
  return { records, torn, blank };
}
