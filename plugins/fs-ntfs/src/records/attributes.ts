import { DamagedStructureError } from '@diskwright/sdk/errors';
import { addRuns, attributeAt, type Attribute } from './attribute';
import { attributeName, attributeOffsets, visitAttributes } from './attributeHeader';
import type { FileRecord } from './fileRecord';
import { recordsOf } from './fileRecords';
import { readSize } from './littleEndian';
import type { MasterFileTable } from './masterFileTable';

interface Part {
  record: FileRecord;
  at: number;
  type: number;
  length: number;
  lowestVcn: number;
}

/**
 * The attributes of a file, from all of its records; those of one kind in the order of the records.
 * @param isWanted others are left out, unread
 * @throws DamagedStructureError when a record of the file cannot be read; what `read` throws
 */
export async function attributesOf(
  table: MasterFileTable,
  base: FileRecord,
  signal: AbortSignal,
  isWanted: (type: number, name: string) => boolean = () => true,
): Promise<Attribute[]> {
  const { clusterBytes, totalClusters } = table.volume;
  const found: Attribute[] = [];
  const spread = new Map<string, Part[]>();
  for (const record of await recordsOf(table, base, signal)) {
    const { bytes } = record;
    visitAttributes(bytes, record.start, record.length, (at, type, length) => {
      const name = attributeName(bytes, at);
      if (!isWanted(type, name)) return;
      if (bytes[at + attributeOffsets.nonResident] === 0) {
        found.push(attributeAt(bytes, at, type, clusterBytes));
        return;
      }
      const part = { record, at, type, length, lowestVcn: readSize(bytes, at + attributeOffsets.lowestVcn) };
      const key = `${type}:${name}`;
      const parts = spread.get(key);
      if (parts) parts.push(part);
      else spread.set(key, [part]);
    });
  }
  for (const parts of spread.values()) {
    parts.sort((a, b) => a.lowestVcn - b.lowestVcn);
    const first = parts[0]!;
    const attribute = attributeAt(first.record.bytes, first.at, first.type, clusterBytes);
    for (const { record, at, length } of parts) addRuns(attribute, record.bytes, at, length, totalClusters);
    found.push(attribute);
  }
  return found;
}

/** The one attribute of a type and name; null when the file has none. @throws as {@link attributesOf} */
export async function attributeOf(
  table: MasterFileTable,
  base: FileRecord,
  type: number,
  name: string,
  signal: AbortSignal,
): Promise<Attribute | null> {
  const [found] = await attributesOf(table, base, signal, (candidate, itsName) => candidate === type && itsName === name);
  return found ?? null;
}

/** @throws DamagedStructureError when the runs of an attribute of a file make no sense */
export function requireWhole(attribute: Attribute, record: number): void {
  if (attribute.damage === null) return;
  throw new DamagedStructureError('NTFS attribute', `an attribute of file record ${record} is damaged: ${attribute.damage}`);
}
