import { DamagedStructureError } from '@diskwright/sdk/errors';
import { AttributeType } from '../structures/fileRecord';
import { addRuns, attributeAt, type Attribute } from './attribute';
import { visitAttributes } from './attributeHeader';
import { listedParts, LONGEST_LIST_BYTES } from './attributeList';
import type { FileRecord } from './fileRecord';
import type { MasterFileTable } from './masterFileTable';
import { readPieces } from './readPieces';

/**
 * All records of a file: its first, and those that its attribute list names. A record that says it is another file's is left out.
 * @throws DamagedStructureError when a named one cannot be read or the list is too long; what `read` throws
 */
export async function recordsOf(table: MasterFileTable, base: FileRecord, signal: AbortSignal): Promise<FileRecord[]> {
  const list = await attributeListOf(table, base, signal);
  if (!list) return [base];
  const records = [base];
  const numbers = new Set(listedParts(list).map(({ record }) => record));
  numbers.delete(base.number);
  for (const number of numbers) {
    const record = await table.read(number, signal);
    const owner = record.base;
    if (record.isInUse && owner?.record === base.number && owner.sequence === base.sequenceNumber) records.push(record);
  }
  return records;
}

/** The value of the attribute list; null when the file has none, as most. */
export async function attributeListOf(table: MasterFileTable, base: FileRecord, signal: AbortSignal): Promise<Buffer | null> {
  const { clusterBytes, totalClusters } = table.volume;
  let list: Attribute | undefined;
  visitAttributes(base.bytes, base.start, base.length, (at, type, length) => {
    if (type !== AttributeType.ATTRIBUTE_LIST || list) return;
    list = attributeAt(base.bytes, at, type, clusterBytes);
    addRuns(list, base.bytes, at, length, totalClusters);
  });
  if (!list) return null;
  if (list.value) return list.value;
  if (list.damage !== null || list.size > LONGEST_LIST_BYTES)
    throw new DamagedStructureError('NTFS attribute list', `the attribute list of file record ${base.number} makes no sense`);
  return readPieces(table.source, list.runs!, 0, list.size, signal);
}
