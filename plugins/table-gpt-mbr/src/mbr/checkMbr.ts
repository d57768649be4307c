import type { Finding } from '@diskwright/sdk/protocol';
import { FindingList } from '../findingList';
import { formatMbrType } from '../names/mbrTypeNames';
import { findOverlaps, type ClaimedRange } from '../partitionRanges';
import type { MbrPartition, MbrTable } from './mbrTable';

/** Everything that is wrong with an MBR table as a whole: places, overlaps, chains. */
export function checkMbr(table: MbrTable): Finding[] {
  const findings = new FindingList();
  findings.add(...table.chainFindings);
  const containers = table.partitions.filter(({ role }) => role === 'extended');
  if (containers.length > 1) {
    const numbers = containers.map(({ number }) => number).join(' and ');
    const message = `partitions ${numbers} are extended; most tools, unlike the kernel, look into the first only`;
    findings.warning('mbr.extended.several', message, [{ offset: 446, length: 64 }]);
  }
  for (const [slot, { type, sectorCount }] of table.bootRecord.record.partitions.entries()) {
    if (type === 0 || sectorCount > 0) continue;
    const message = `entry ${slot + 1} has the type ${formatMbrType(type)} but no sectors; it is no partition`;
    findings.info('mbr.partition.empty', message, [{ offset: 446 + 16 * slot, length: 16 }]);
  }
  for (const partition of table.partitions) checkPlace(table, partition, findings);
  checkOverlaps(table, findings);
  return findings.list;
}

/** Where the partition's entry lies on the device. */
function entryRange(table: MbrTable, { record, slot }: MbrPartition): Finding['ranges'] {
  const lba = record === null ? 0 : (table.records[record]?.lba ?? 0);
  return [{ offset: lba * table.sectorSize + 446 + 16 * slot, length: 16 }];
}

function checkPlace(table: MbrTable, partition: MbrPartition, findings: FindingList): void {
  const { number, role, startLba, sectorCount, record } = partition;
  const sectors = Math.floor(table.deviceSize / table.sectorSize);
  const place = `partition ${number}: LBA ${startLba} … ${startLba + sectorCount - 1}`;
  const range = entryRange(table, partition);
  if (startLba + sectorCount > sectors) {
    const todo = 'if this is an image, it may be cut off; otherwise the disk may be smaller than the one the table was made for';
    findings.error('mbr.partition.outside', `${place} reaches beyond the end of the disk, LBA ${sectors - 1}`, range, todo);
  }
  const container = record === null ? undefined : table.records[record]?.container;
  if (role !== 'logical' || !container) return;
  if (startLba < container.startLba || startLba + sectorCount > container.startLba + container.sectorCount) {
    const end = container.startLba + container.sectorCount - 1;
    const message = `${place} is not inside of its extended partition ${container.number}, LBA ${container.startLba} … ${end}`;
    findings.error('mbr.logical.outside', message, range);
  }
}

/** Primary and extended partitions among each other; logical ones among each other, with the chain's records and with primary ones. */
function checkOverlaps(table: MbrTable, findings: FindingList): void {
  const claim = ({ number, startLba, sectorCount }: MbrPartition): ClaimedRange => {
    return { what: `partition ${number}`, startLba, endLba: startLba + sectorCount };
  };
  const record = { what: 'the boot record', startLba: 0, endLba: 1 };
  const chain = table.records.map(({ lba }) => ({
    what: `the extended boot record at LBA ${lba}`,
    startLba: lba,
    endLba: lba + 1,
  }));
  const outer = table.partitions.filter(({ role }) => role !== 'logical');
  const inner = table.partitions.filter(({ role }) => role === 'logical');
  for (const claims of [
    [record, ...outer.map(claim)],
    [...inner.map(claim), ...chain],
  ]) {
    for (const { first, second, startLba, endLba } of findOverlaps(claims)) {
      const end = Math.min(endLba * table.sectorSize, table.deviceSize);
      const offset = startLba * table.sectorSize;
      const message = `${second.what} overlaps ${first.what} from LBA ${startLba} to ${endLba - 1}`;
      const todo = 'do not write to either before it is known which of them is right';
      findings.error('mbr.partition.overlap', message, end > offset ? [{ offset, length: end - offset }] : [], todo);
    }
  }
}
