import type { BlockSource } from '@diskwright/sdk/block';
import type { Finding } from '@diskwright/sdk/protocol';
import type { BootRecord } from '../bootRecord';
import { FindingList } from '../findingList';
import { isExtendedType } from '../names/mbrTypeNames';
import type { MbrPartitionEntry } from '../structures/mbrPartitionEntry';
import { readExtendedChain, type ExtendedRecord } from './extendedChain';

/** A partition of an MBR disk. LBAs from the start of the disk. */
export interface MbrPartition {
  number: number;
  role: 'primary' | 'extended' | 'logical';
  startLba: number;
  sectorCount: number;
  entry: MbrPartitionEntry;
  /** Index into {@link MbrTable.records} for a logical partition; null for those of the master boot record. */
  record: number | null;
  /** Which of the record's four entries. */
  slot: number;
}

/** An MBR table as found, chains of extended partitions included. */
export interface MbrTable {
  kind: 'mbr';
  sectorSize: 512 | 4096;
  deviceSize: number;
  bootRecord: BootRecord;
  /** In the order of their numbers: 1 … 4, then logical ones from 5. */
  partitions: MbrPartition[];
  /** Extended boot records in the order of their chains. */
  records: ExtendedRecord[];
  /** What was noticed while the chains were followed. */
  chainFindings: Finding[];
}

/**
 * Reads the partitions of a boot record that was judged to be an MBR, numbered as the kernel does (block/partitions/msdos.c): entries with a size
 * by their slot, logical partitions from 5 in the order of the chain.
 * @throws what the source throws, other than for unreadable sectors
 */
export async function readMbr(source: BlockSource, bootRecord: BootRecord, signal: AbortSignal): Promise<MbrTable> {
  const findings = new FindingList();
  const partitions: MbrPartition[] = [];
  const records: ExtendedRecord[] = [];
  const logical: MbrPartition[] = [];
  for (const [slot, entry] of bootRecord.record.partitions.entries()) {
    if (entry.sectorCount === 0) continue;
    const role = isExtendedType(entry.type) ? 'extended' : 'primary';
    partitions.push({
      number: slot + 1,
      role,
      startLba: entry.startLba,
      sectorCount: entry.sectorCount,
      entry,
      record: null,
      slot,
    });
    if (role === 'extended') {
      const container = { number: slot + 1, startLba: entry.startLba, sectorCount: entry.sectorCount };
      await readExtendedChain(source, container, { records, logical, findings }, signal);
    }
  }
  return {
    kind: 'mbr',
    sectorSize: source.sectorSize,
    deviceSize: source.size,
    bootRecord,
    partitions: [...partitions, ...logical],
    records,
    chainFindings: findings.list,
  };
}
