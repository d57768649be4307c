import { DamagedStructureError } from '@diskwright/sdk/errors';
import { attributeOf, requireWhole } from '../records/attributes';
import type { FileRecord } from '../records/fileRecord';
import { recordsOf } from '../records/fileRecords';
import type { MasterFileTable } from '../records/masterFileTable';
import { readPieces } from '../records/readPieces';
import { AttributeType } from '../structures/fileRecord';
import { FileSummary } from './fileSummary';

/** The value of a reparse point (MAXIMUM_REPARSE_DATA_BUFFER_SIZE). */
const LONGEST_REPARSE_BYTES = 16 * 1024;

/** What a listing tells of the file of a record, further records included; those that cannot be read are left out. */
export async function summaryOf(table: MasterFileTable, base: FileRecord, signal: AbortSignal): Promise<FileSummary> {
  const summary = new FileSummary(base);
  if (!summary.isSpread) return summary;
  try {
    for (const record of await recordsOf(table, base, signal)) if (record !== base) summary.add(record);
    if (summary.hasFarReparse) summary.setReparse(await farReparse(table, base, signal));
  } catch (error) {
    if (!(error instanceof DamagedStructureError)) throw error;
    summary.isDamaged = true;
  }
  return summary;
}

/** The value of a reparse point that does not fit into a record. */
async function farReparse(table: MasterFileTable, base: FileRecord, signal: AbortSignal): Promise<Buffer> {
  const reparse = await attributeOf(table, base, AttributeType.REPARSE_POINT, '', signal);
  if (!reparse?.runs) return reparse?.value ?? Buffer.alloc(0);
  requireWhole(reparse, base.number);
  return readPieces(table.source, reparse.runs, 0, Math.min(reparse.size, LONGEST_REPARSE_BYTES), signal);
}

/** What listings tell of many files, those in use only. @throws what `read` throws */
export async function summariesOf(
  table: MasterFileTable,
  numbers: Iterable<number>,
  signal: AbortSignal,
): Promise<Map<number, FileSummary>> {
  const summaries = new Map<number, FileSummary>();
  await table.readMany(numbers, signal, (record) => {
    if (record.isInUse && record.base === null) summaries.set(record.number, new FileSummary(record));
  });
  for (const [number, { isSpread }] of summaries)
    if (isSpread) summaries.set(number, await summaryOf(table, await table.read(number, signal), signal));
  return summaries;
}
