import { DamagedStructureError } from '@diskwright/sdk/errors';
import type { ByteRange } from '@diskwright/sdk/protocol';
import type { Attribute } from '../records/attribute';
import { attributeOf } from '../records/attributes';
import type { MasterFileTable } from '../records/masterFileTable';
import type { RunList } from '../records/runList';
import { SystemRecord, systemData } from '../records/systemData';
import { AttributeType } from '../structures/fileRecord';
import { BOOT_SECTOR_BYTES } from '../structures/ntfsBootSector';
import type { OpenVolume } from './survey';

/** The records of the system's own files. */
const SYSTEM_RECORDS = 16;
const RESTART_BYTES = 8192;
const MOST_RANGES = 4096;

/**
 * What tells that a volume was written to: the boot sector, the records of the system's files, the first pages of the log (mounting changes them), and which
 * records and clusters are in use.
 */
export async function watchedRanges({ source, volume, table }: OpenVolume, signal: AbortSignal): Promise<ByteRange[]> {
  const ranges: ByteRange[] = [{ offset: 0, length: BOOT_SECTOR_BYTES }];
  const add = (runs: RunList | null, length: number): void => {
    for (const { offset, length: bytes } of runs?.pieces(0, length) ?? [])
      if (offset !== null && offset <= source.size - bytes && ranges.length < MOST_RANGES) ranges.push({ offset, length: bytes });
  };
  if (table instanceof DamagedStructureError) return ranges;
  add(table.runs, Math.min(SYSTEM_RECORDS, table.recordCount) * volume.recordBytes);
  await unlessDamaged(async () => add((await systemData(table, SystemRecord.LOG, signal)).runs, RESTART_BYTES));
  await unlessDamaged(async () => addAll(add, await systemData(table, SystemRecord.BITMAP, signal)));
  await unlessDamaged(async () => addAll(add, await recordBitmap(table, signal)));
  return ranges;
}

function addAll(add: (runs: RunList | null, length: number) => void, attribute: Attribute | null): void {
  if (attribute?.runs) add(attribute.runs, Math.min(attribute.size, attribute.runs.bytes));
}

/** Which records of the table of files are in use. */
async function recordBitmap(table: MasterFileTable, signal: AbortSignal): Promise<Attribute | null> {
  return attributeOf(table, await table.read(SystemRecord.MFT, signal), AttributeType.BITMAP, '', signal);
}

async function unlessDamaged(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof DamagedStructureError)) throw error;
  }
}
