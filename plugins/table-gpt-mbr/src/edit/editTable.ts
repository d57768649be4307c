import type { NewTableRequest, RebuildOutcome, WriteProposal } from '@diskwright/sdk';
import { FailedError } from '@diskwright/sdk/errors';
import type { PartitionOperation } from '@diskwright/sdk/protocol';
import { safeNumber } from '@diskwright/sdk/struct';
import type { GptCopy } from '../gpt/gptCopy';
import type { GptTable } from '../gpt/gptTable';
import type { MbrTable } from '../mbr/mbrTable';
import { layoutOf, readTable } from '../readTable';
import { refuseOtherSectorSize } from '../rebuild/changedSpans';
import { WrittenSource } from '../rebuild/writtenSource';
import { editGpt } from './editGpt';
import { editMbr } from './editMbr';
import { newGpt } from './newGpt';
import { newMbr } from './newMbr';

/**
 * The table with all operations done, on the device that it was read from: what differs from what is there, in commit order, and the layout that it
 * makes, read back from the new bytes.
 * @throws RefusedError, InvalidInputError whose `item` is the operation
 */
export async function editTable(
  table: GptTable | MbrTable,
  operations: readonly PartitionOperation[],
  deviceSectorSize: 512 | 4096,
  signal: AbortSignal,
): Promise<RebuildOutcome> {
  refuseOtherSectorSize(table.sectorSize, deviceSectorSize);
  const outcome = await edited(table, operations, signal);
  return { ...outcome, writes: outcome.writes.filter((write) => !isThere(write, table)) };
}

/** A new table with the partitions of `request`. */
export async function createTable({ type, target, operations }: NewTableRequest, signal: AbortSignal): Promise<RebuildOutcome> {
  const { size, sectorSize } = target;
  return edited(type === 'gpt' ? newGpt(size, sectorSize) : newMbr(size, sectorSize), operations, signal);
}

async function edited(
  table: GptTable | MbrTable,
  operations: readonly PartitionOperation[],
  signal: AbortSignal,
): Promise<RebuildOutcome> {
  const { writes, warnings } = table.kind === 'gpt' ? editGpt(table, operations) : editMbr(table, operations);
  const result = await readTable(new WrittenSource(writes, table.deviceSize, table.sectorSize), signal);
  if (result?.table.kind !== table.kind)
    throw new FailedError('the changed table would not be recognised as one; nothing was written');
  return { writes, layout: layoutOf(result, table.sectorSize), warnings };
}

/** Whether the device holds these bytes already. */
function isThere({ offset, bytes }: WriteProposal, table: GptTable | MbrTable): boolean {
  return [...sectorsOf(table)].some((there) => there.offset === offset && there.bytes.equals(bytes));
}

function* sectorsOf(table: GptTable | MbrTable): Generator<{ offset: number; bytes: Buffer }> {
  if (table.bootRecord) yield { offset: 0, bytes: table.bootRecord.sector };
  if (table.kind === 'mbr') {
    for (const { lba, sector } of table.records) yield { offset: lba * table.sectorSize, bytes: sector };
    return;
  }
  yield* copyOf(table.primary, table.sectorSize);
  yield* copyOf(table.backup, table.sectorSize);
}

function* copyOf({ lba, sector, header, entries }: GptCopy, sectorSize: number): Generator<{ offset: number; bytes: Buffer }> {
  if (sector) yield { offset: lba * sectorSize, bytes: sector };
  if (header && entries) yield { offset: safeNumber(header.partitionEntryLba) * sectorSize, bytes: entries };
}
