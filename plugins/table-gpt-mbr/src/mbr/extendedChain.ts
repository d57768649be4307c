import type { BlockSource } from '@diskwright/sdk/block';
import type { FindingList } from '../findingList';
import { isExtendedType } from '../names/mbrTypeNames';
import { readSectors } from '../readSectors';
import { bootRecordSize, bootSignature, extendedBootRecord } from '../structures/masterBootRecord';
import type { MbrPartitionEntry } from '../structures/mbrPartitionEntry';
import type { MbrPartition } from './mbrTable';

/**
 * The most extended boot records that are read over all chains. The kernel stops at 256 partitions; a table with more cannot be used by anyone.
 */
export const maximumRecords = 1000;
const firstLogicalNumber = 5;

/** The extended partition that a chain belongs to. */
export interface Container {
  number: number;
  startLba: number;
  sectorCount: number;
}

/** One extended boot record. */
export interface ExtendedRecord {
  lba: number;
  container: Container;
  /** The whole sector. */
  sector: Buffer;
  entries: MbrPartitionEntry[];
  /** The slot whose link the chain follows; null at its end. */
  linkSlot: number | null;
}

/** What the chains have given so far; {@link readExtendedChain} adds to it. */
export interface ChainOutcome {
  records: ExtendedRecord[];
  logical: MbrPartition[];
  findings: FindingList;
}

/**
 * Follows the chain of extended boot records of one extended partition, as the kernel does (block/partitions/msdos.c, parse_extended): in each
 * record, entries of ordinary types are logical partitions that count from the record's own sector, and the first entry of an extended type is the
 * link to the next record, which counts from the start of the extended partition. A link that was followed before, or that leaves the disk, ends the
 * chain with a finding.
 * @throws what the source throws, other than for unreadable sectors
 */
export async function readExtendedChain(
  source: BlockSource,
  container: Container,
  { records, logical, findings }: ChainOutcome,
  signal: AbortSignal,
): Promise<void> {
  const { sectorSize } = source;
  const deviceSectors = Math.floor(source.size / sectorSize);
  const name = `extended partition ${container.number}`;
  const visited = new Set<number>();
  let lba = container.startLba;
  let announcedCount = container.sectorCount;
  for (;;) {
    const range = [{ offset: lba * sectorSize, length: sectorSize }];
    if (lba >= deviceSectors) {
      findings.error('mbr.extended.beyondDisk', `${name}: the boot record at LBA ${lba} lies beyond the end of the disk`, []);
      return;
    }
    if (visited.has(lba)) {
      const todo = 'the partitions behind this link, if there ever were any, cannot be found through the table';
      findings.error('mbr.extended.loop', `${name}: the chain leads back to its boot record at LBA ${lba}`, range, todo);
      return;
    }
    if (records.length >= maximumRecords) {
      findings.error('mbr.extended.tooMany', `${name}: the chain has more than ${maximumRecords} boot records`, range);
      return;
    }
    visited.add(lba);
    const sector = await readSectors(source, lba * sectorSize, sectorSize, signal);
    if (sector === null) {
      findings.error('mbr.extended.unreadable', `${name}: the boot record at LBA ${lba} cannot be read`, range);
      return;
    }
    const { partitions: entries, signature } = extendedBootRecord.read(sector.subarray(0, bootRecordSize));
    if (signature !== bootSignature) {
      findings.warning(
        'mbr.extended.noRecord',
        `${name}: there is no boot record at LBA ${lba}; the chain ends before it`,
        range,
      );
      return;
    }
    const linkSlot = entries.findIndex(({ type, sectorCount }) => sectorCount > 0 && isExtendedType(type));
    const record = { lba, container, sector, entries, linkSlot: linkSlot < 0 ? null : linkSlot };
    records.push(record);
    addLogicalPartitions(record, records.length - 1, announcedCount, logical);
    const link = entries[linkSlot];
    if (!link) return;
    const next = container.startLba + link.startLba;
    if (link.startLba >= container.sectorCount) {
      findings.error(
        'mbr.extended.outside',
        `${name}: the boot record at LBA ${lba} links to LBA ${next}, outside of the partition`,
        range,
      );
    } else if (next < lba && !visited.has(next)) {
      findings.info('mbr.extended.backward', `${name}: the boot record at LBA ${lba} links backward to LBA ${next}`, range);
    }
    lba = next;
    announcedCount = link.sectorCount;
  }
}

function addLogicalPartitions(record: ExtendedRecord, index: number, announcedCount: number, logical: MbrPartition[]): void {
  for (const [slot, entry] of record.entries.entries()) {
    const { startLba, sectorCount } = entry;
    if (sectorCount === 0 || isExtendedType(entry.type)) continue;
    const start = record.lba + startLba;
    const { container } = record;
    // The third and fourth entry often hold garbage: the kernel believes them only inside of what the chain announced.
    const fits =
      startLba + sectorCount <= announcedCount &&
      start >= container.startLba &&
      start + sectorCount <= container.startLba + container.sectorCount;
    if (slot >= 2 && !fits) continue;
    const number = firstLogicalNumber + logical.length;
    logical.push({ number, role: 'logical', startLba: start, sectorCount, entry, record: index, slot });
  }
}
