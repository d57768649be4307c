import { DamagedStructureError } from '@diskwright/sdk/errors';
import type { Attribute } from '../records/attribute';
import { attributeOf, requireWhole } from '../records/attributes';
import type { MasterFileTable } from '../records/masterFileTable';
import { readPieces } from '../records/readPieces';
import { SystemRecord } from '../records/systemData';
import { AttributeType } from '../structures/fileRecord';
import type { ScannedPiece } from './recordScan';

/** Kept for the system, [from, until): the bitmap may call them used while nothing is in them. */
const RESERVED = { from: 12, until: 24 };

/** Counts the records in use that a scan of the table had to leave out, or that make no sense. */
export class LostRecords {
  private count = 0;
  private first: number | null = null;
  /** Why it cannot be told which records are in use. */
  private damageOfBitmap: DamagedStructureError | null = null;
  private bitmap: Attribute | null = null;

  constructor(private readonly table: MasterFileTable) {}

  /** Torn ones say themselves whether they are in use; of what is no record at all, the bitmap of the table does. @throws what `read` throws */
  async add({ torn, blank }: Pick<ScannedPiece, 'torn' | 'blank'>, signal: AbortSignal): Promise<void> {
    for (const number of torn) this.addRecord(number);
    if (blank.length === 0 || this.damageOfBitmap) return;
    try {
      const from = blank[0]! >>> 3;
      const bits = await this.bitsFrom(from, (blank.at(-1)! >>> 3) + 1 - from, signal);
      for (const number of blank) {
        if (number >= RESERVED.from && number < RESERVED.until) continue;
        if (((bits[(number >>> 3) - from] ?? 0) & (1 << (number & 7))) !== 0) this.addRecord(number);
      }
    } catch (error) {
      if (!(error instanceof DamagedStructureError)) throw error;
      this.damageOfBitmap = error;
    }
  }

  /** What is lost with them; null when there are none. */
  damage(): DamagedStructureError | null {
    if (this.first === null) return this.damageOfBitmap;
    const message =
      this.count === 1
        ? `file record ${this.first} makes no sense, or was torn while being written: the file may not be listed, nor what lies in it`
        : `${this.count} file records make no sense, or were torn while being written, of which the first is ${this.first}: such files may not be listed, nor what lies in them`;
    return this.table.damagedRecord(this.first, message);
  }

  addRecord(number: number): void {
    this.count++;
    if (this.first === null || number < this.first) this.first = number;
  }

  /** Bytes of the bitmap; fewer where it ends, as it does before the table that was just made longer. */
  private async bitsFrom(from: number, length: number, signal: AbortSignal): Promise<Buffer> {
    const { table } = this;
    this.bitmap ??= await this.openBitmap(signal);
    const { value, runs, size } = this.bitmap;
    if (value) return value.subarray(from, from + length);
    const until = Math.min(from + length, size, runs!.bytes);
    return until > from ? readPieces(table.source, runs!, from, until - from, signal) : Buffer.alloc(0);
  }

  private async openBitmap(signal: AbortSignal): Promise<Attribute> {
    const own = await this.table.read(SystemRecord.MFT, signal);
    const bitmap = await attributeOf(this.table, own, AttributeType.BITMAP, '', signal);
    if (!bitmap) throw new DamagedStructureError('NTFS master file table', 'the table has no bitmap of records in use');
    requireWhole(bitmap, SystemRecord.MFT);
    return bitmap;
  }
}
