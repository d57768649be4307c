import type { BlockSource } from '@diskwright/sdk/block';
import { protectiveType } from './names/mbrTypeNames';
import { readSectors } from './readSectors';
import { bootRecordSize, bootSignature, masterBootRecord, type MasterBootRecord } from './structures/masterBootRecord';
import { activeFlag } from './structures/mbrPartitionEntry';

/** LBA 0 as found. */
export interface BootRecord {
  /** The whole sector, since what lies behind the first 512 bytes of a larger one is kept as well. */
  sector: Buffer;
  record: MasterBootRecord;
  /** Ends in 55 aa, and no boot indicator contradicts. Without it the four entries mean nothing. */
  valid: boolean;
}

/**
 * Reads LBA 0. Null when it cannot be read or the device is smaller than one sector.
 * @throws what the source throws, other than for unreadable sectors
 */
export async function readBootRecord(source: BlockSource, signal: AbortSignal): Promise<BootRecord | null> {
  if (source.size < source.sectorSize) return null;
  const sector = await readSectors(source, 0, source.sectorSize, signal);
  if (sector === null) return null;
  const record = masterBootRecord.read(sector.subarray(0, bootRecordSize));
  // The kernel takes a record with any other boot indicator for the boot sector of a filesystem (block/partitions/msdos.c).
  const indicatorsHold = record.partitions.every(({ bootIndicator }) => bootIndicator === 0 || bootIndicator === activeFlag);
  return { sector, record, valid: record.signature === bootSignature && indicatorsHold };
}

/** Whether the record says that the disk belongs to a GPT: an entry of type 0xee at LBA 1 (UEFI 2.10, 5.2.3; also in a hybrid record). */
export function isProtective({ record, valid }: BootRecord): boolean {
  return (
    valid &&
    record.partitions.some(({ type, startLba, sectorCount }) => type === protectiveType && startLba === 1 && sectorCount > 0)
  );
}
