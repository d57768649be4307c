import type { BlockSource } from '@diskwright/sdk/block';
import { DamagedStructureError } from '@diskwright/sdk/errors';
import type { NtfsVolume } from '../boot/ntfsVolume';
import { FileRecord } from './fileRecord';
import { readPieces, salvagePieces } from './readPieces';
import type { RunList } from './runList';

/** Records that lie this close are read by one request. */
const WINDOW_BYTES = 65536;
const CONCURRENT_READS = 8;

/** Reads records of files by their numbers, from 0. */
export class MasterFileTable {
  readonly recordCount: number;

  constructor(
    readonly source: BlockSource,
    readonly volume: NtfsVolume,
    /** Where the table lies. */
    readonly runs: RunList,
    /** Bytes of the table. */
    size: number,
    /** Why the table could not be read as it should; null when it could. */
    readonly damage: string | null,
  ) {
    this.recordCount = Math.floor(Math.min(size, runs.bytes) / volume.recordBytes);
  }

  /** Where a record begins, in bytes; null where the table has a hole. */
  offsetOf(number: number): number | null {
    const { recordBytes } = this.volume;
    for (const { offset } of this.runs.pieces(number * recordBytes, recordBytes)) return offset;
    return null;
  }

  /** @throws DamagedStructureError when there is no such record, or it is torn or none; what `read` throws */
  async read(number: number, signal: AbortSignal): Promise<FileRecord> {
    const { recordBytes } = this.volume;
    if (!(Number.isInteger(number) && number >= 0 && number < this.recordCount))
      throw new DamagedStructureError('NTFS file record', `file record ${number} does not exist`);
    const bytes = await readPieces(this.source, this.runs, number * recordBytes, recordBytes, signal);
    const record = FileRecord.at(number, bytes, 0, recordBytes);
    if (record) return record;
    throw this.damagedRecord(number, `file record ${number} is no record, or was torn while being written`);
  }

  /** To be thrown: what is wrong with a record, and where that is. */
  damagedRecord(number: number, message: string): DamagedStructureError {
    const offset = this.offsetOf(number);
    const place = offset === null ? {} : { offset, length: this.volume.recordBytes };
    return new DamagedStructureError('NTFS file record', message, place);
  }

  /**
   * Goes through many records in few requests, in any order. What is no whole record is left out.
   * @param use must keep no bytes of a record: they belong to a larger piece
   * @throws what `read` throws
   */
  async readMany(numbers: Iterable<number>, signal: AbortSignal, use: (record: FileRecord) => void): Promise<void> {
    const { recordBytes } = this.volume;
    const sorted = [...new Set(numbers)].filter((number) => number < this.recordCount).sort((a, b) => a - b);
    const windows: number[][] = [];
    for (const number of sorted) {
      const last = windows.at(-1);
      if (last && (number - last[0]! + 1) * recordBytes <= WINDOW_BYTES) last.push(number);
      else windows.push([number]);
    }
    const work = async (): Promise<void> => {
      for (let window = windows.pop(); window; window = windows.pop()) {
        const first = window[0]!;
        const length = (window.at(-1)! - first + 1) * recordBytes;
        const bytes = await salvagePieces(this.source, this.runs, first * recordBytes, length, signal);
        for (const number of window) {
          const record = FileRecord.at(number, bytes, (number - first) * recordBytes, recordBytes);
          if (record) use(record);
        }
      }
    };
    await Promise.all(Array.from({ length: CONCURRENT_READS }, work));
  }
}
