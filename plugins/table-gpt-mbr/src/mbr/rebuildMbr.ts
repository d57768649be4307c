import type { RebuildOutcome, RebuildRequest, WriteProposal } from '@diskwright/sdk';
import { RefusedError } from '@diskwright/sdk/errors';
import { newDiskSignature } from '../gpt/protectiveRecord';
import { findOverlaps, type ClaimedRange } from '../partitionRanges';
import { changedSpans, type Span } from '../rebuild/changedSpans';
import { masterBootRecord } from '../structures/masterBootRecord';
import { addressableSectors } from './mbrLayout';
import type { MbrPartition, MbrTable } from './mbrTable';
import { changeEntry } from './changeEntry';
import { rebuildChains } from './rebuildChains';

/**
 * The boot record and every extended boot record for the target, in commit order: the chains from their last record to their first, then LBA 0.
 * Boot code and entries that do not change keep their bytes. The target's sector size must be the table's.
 * @throws RefusedError, InvalidInputError as `rebuildTable`
 */
export function rebuildMbr(table: MbrTable, request: RebuildRequest): Pick<RebuildOutcome, 'writes' | 'warnings'> {
  const { sectorSize, bootRecord } = table;
  const spans = changedSpans(table.partitions, request.changes, sectorSize);
  const targetSectors = Math.floor(request.target.size / sectorSize);
  for (const span of spans) refuseOutside(span, targetSectors, sectorSize);
  refuseOverlaps(table, spans, sectorSize);
  const chains = rebuildChains(table, spans);
  const partitions = [...bootRecord.record.partitions];
  for (const [index, { role, slot, entry, startLba, sectorCount }] of table.partitions.entries()) {
    if (role !== 'logical') partitions[slot] = changeEntry(entry, { startLba, sectorCount }, spans[index]!, 0);
  }
  const sector = Buffer.from(bootRecord.sector);
  const diskSignature = request.identity === 'new' ? newDiskSignature() : bootRecord.record.diskSignature;
  masterBootRecord.encode({ ...bootRecord.record, diskSignature, partitions }, sector).copy(sector);
  const last: WriteProposal = { structure: 'master boot record', offset: 0, bytes: sector, reason: 'the table of the disk' };
  const beyond =
    targetSectors > addressableSectors
      ? [
          `an MBR counts at most ${addressableSectors} sectors: ${(targetSectors - addressableSectors) * sectorSize} bytes of the target cannot be used`,
        ]
      : [];
  return { writes: [...chains.writes.reverse(), last], warnings: [...chains.warnings, ...beyond] };
}

function refuseOutside({ number, startLba, sectorCount }: Span, targetSectors: number, sectorSize: number): void {
  const end = startLba + sectorCount;
  const place = `partition ${number} would lie at LBA ${startLba} … ${end - 1}`;
  const detail = { offset: startLba * sectorSize, length: sectorCount * sectorSize };
  if (end > targetSectors) {
    const message = `${place}, beyond the end of the target, LBA ${targetSectors - 1}: ${(end - targetSectors) * sectorSize} bytes too far`;
    throw new RefusedError(message, { ...detail, todo: 'choose a larger target, or a smaller partition' });
  }
  if (startLba >= addressableSectors || sectorCount >= addressableSectors) {
    throw new RefusedError(`${place}, where an MBR cannot point: it counts in 32 bits`, {
      ...detail,
      todo: 'a GPT has no such limit',
    });
  }
}

/** Primary and extended partitions among each other and with LBA 0; logical partitions among each other. */
function refuseOverlaps(table: MbrTable, spans: readonly Span[], sectorSize: number): void {
  const claims = (role: (partition: MbrPartition) => boolean): ClaimedRange[] =>
    spans
      .filter((_, index) => role(table.partitions[index]!))
      .map(({ number, startLba, sectorCount }) => ({ what: `partition ${number}`, startLba, endLba: startLba + sectorCount }));
  const outer = [{ what: 'the boot record', startLba: 0, endLba: 1 }, ...claims(({ role }) => role !== 'logical')];
  const overlap = [...findOverlaps(outer), ...findOverlaps(claims(({ role }) => role === 'logical'))][0];
  if (!overlap) return;
  const { first, second, startLba, endLba } = overlap;
  const message = `${second.what} would overlap ${first.what} from LBA ${startLba} to ${endLba - 1}`;
  throw new RefusedError(message, { offset: startLba * sectorSize, length: (endLba - startLba) * sectorSize });
}
