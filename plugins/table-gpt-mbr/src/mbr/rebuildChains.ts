import type { WriteProposal } from '@diskwright/sdk';
import { RefusedError } from '@diskwright/sdk/errors';
import type { Span } from '../rebuild/changedSpans';
import { bootRecordSize, bootSignature, extendedBootRecord } from '../structures/masterBootRecord';
import type { MbrPartitionEntry } from '../structures/mbrPartitionEntry';
import { changeEntry } from './changeEntry';
import { encodeChs } from './chs';
import type { ExtendedRecord } from './extendedChain';
import type { MbrTable } from './mbrTable';

/** A record of a chain with its place on the target. */
interface PlacedRecord {
  record: ExtendedRecord;
  lba: number;
  /** The extended partition's place on the target. */
  container: Span;
  /** Its logical partitions, before and after. */
  logical: { slot: number; entry: MbrPartitionEntry; before: Span; after: Span }[];
}

/**
 * The extended boot records for the target, in the order of the chains. The first record of a chain lies at the start of its extended partition; every
 * other keeps its distance to its logical partition. `spans` are the new places of `table.partitions`, in the same order.
 * @throws RefusedError when the chain is damaged, or a record would lie over a partition or outside of its extended partition
 */
export function rebuildChains(table: MbrTable, spans: readonly Span[]): { writes: WriteProposal[]; warnings: string[] } {
  refuseDamage(table);
  const placed = table.records.map((record, index) => place(table, record, index, spans));
  for (const record of placed) refuseBadPlace(record, placed, spans, table);
  const writes = placed.map((current, index) => {
    const next = placed[index + 1]?.record.container === current.record.container ? placed[index + 1] : undefined;
    return writeRecord(current, next, table.sectorSize);
  });
  const empty = table.partitions.flatMap(({ role, number }, index) =>
    role === 'extended' && !table.records.some(({ container }) => container.number === number) ? [spans[index]!] : [],
  );
  for (const span of empty) writes.push(emptyRecord(span, table.sectorSize));
  const cut = table.records.some(
    ({ linkSlot, container }, index) => linkSlot !== null && table.records[index + 1]?.container !== container,
  );
  return { writes, warnings: cut ? ['the last link of an extended partition leads to no boot record; it is removed'] : [] };
}

/** @throws RefusedError when a chain is damaged, so that what lies behind the damage would be lost */
export function refuseDamage(table: MbrTable): void {
  const damage = table.chainFindings.find(({ severity }) => severity === 'error');
  if (!damage) return;
  const todo = 'mend the table first, for example with sfdisk, or copy all sectors of the disk as they are';
  throw new RefusedError(`the table cannot be rebuilt: ${damage.message}`, { ...damage.ranges[0], todo });
}

function place(table: MbrTable, record: ExtendedRecord, index: number, spans: readonly Span[]): PlacedRecord {
  const container = spans[table.partitions.findIndex(({ number }) => number === record.container.number)]!;
  const logical = table.partitions.flatMap((partition, position) => {
    if (partition.record !== index) return [];
    return [{ slot: partition.slot, entry: partition.entry, before: partition, after: spans[position]! }];
  });
  const shift = logical[0] ? logical[0].after.startLba - logical[0].before.startLba : 0;
  const lba = record.lba === record.container.startLba ? container.startLba : record.lba + shift;
  return { record, lba, container, logical };
}

function refuseBadPlace(
  { lba, container, logical }: PlacedRecord,
  all: readonly PlacedRecord[],
  spans: readonly Span[],
  table: MbrTable,
): void {
  const name = `the extended boot record at LBA ${lba}`;
  const detail = { offset: lba * table.sectorSize, length: table.sectorSize };
  const end = container.startLba + container.sectorCount;
  const isInside = (startLba: number, endLba: number): boolean => startLba >= container.startLba && endLba <= end;
  const placeOfContainer = `its extended partition ${container.number}, LBA ${container.startLba} … ${end - 1}`;
  if (!isInside(lba, lba + 1)) {
    throw new RefusedError(`${name} would lie outside of ${placeOfContainer}`, detail);
  }
  if (all.filter((other) => other.lba === lba).length > 1)
    throw new RefusedError(`two extended boot records would lie at LBA ${lba}`, detail);
  for (const { after } of logical) {
    const place = `partition ${after.number} would lie at LBA ${after.startLba} … ${after.startLba + after.sectorCount - 1}`;
    if (!isInside(after.startLba, after.startLba + after.sectorCount)) {
      throw new RefusedError(`${place}, outside of ${placeOfContainer}`, {
        ...detail,
        todo: `change partition ${container.number} as well`,
      });
    }
    if (after.startLba <= lba) throw new RefusedError(`${place}, but must lie behind ${name}`, detail);
  }
  const covered = spans.find(({ startLba, sectorCount }, index) => {
    return table.partitions[index]!.role === 'logical' && startLba <= lba && lba < startLba + sectorCount;
  });
  if (covered) throw new RefusedError(`${name} would lie inside of partition ${covered.number}`, detail);
}

/** An entry that says nothing. */
export const unusedEntry = (): MbrPartitionEntry => extendedBootRecord.read(Buffer.alloc(bootRecordSize)).partitions[0]!;

function writeRecord(
  { record, lba, container, logical }: PlacedRecord,
  next: PlacedRecord | undefined,
  sectorSize: number,
): WriteProposal {
  // Entries that are neither a partition nor the link may hold garbage, which must not become a partition elsewhere.
  const partitions = [unusedEntry(), unusedEntry(), unusedEntry(), unusedEntry()];
  for (const { slot, entry, before, after } of logical) partitions[slot] = changeEntry(entry, before, after, lba);
  if (next && record.linkSlot !== null) partitions[record.linkSlot] = link(record.entries[record.linkSlot]!, next, container);
  const sector = Buffer.from(record.sector);
  extendedBootRecord.encode({ ...extendedBootRecord.read(sector), partitions }, sector).copy(sector);
  const reason =
    logical.length > 0 ? `leads to partition ${logical.map(({ after }) => after.number).join(', ')}` : 'link of the chain';
  return { structure: 'extended boot record', offset: lba * sectorSize, bytes: sector, reason };
}

/** The link to the next record: it counts from the extended partition's start and spans the record and its logical partitions. */
function link(old: MbrPartitionEntry, next: PlacedRecord, container: Span): MbrPartitionEntry {
  const startLba = next.lba - container.startLba;
  const hasMoved =
    next.lba !== next.record.lba || next.logical.some(({ before, after }) => before.sectorCount !== after.sectorCount);
  if (!hasMoved) return { ...old, startLba };
  const end = Math.max(next.lba + 1, ...next.logical.map(({ after }) => after.startLba + after.sectorCount));
  return { ...old, startLba, sectorCount: end - next.lba, startChs: encodeChs(next.lba), endChs: encodeChs(end - 1) };
}

/** An extended partition without logical ones begins with a record that says so; what happens to lie there must not be taken for one. */
export function emptyRecord({ number, startLba }: Pick<Span, 'number' | 'startLba'>, sectorSize: number): WriteProposal {
  const sector = Buffer.alloc(sectorSize);
  const blank = extendedBootRecord.read(Buffer.alloc(bootRecordSize));
  extendedBootRecord.encode({ ...blank, signature: bootSignature }).copy(sector);
  return {
    structure: 'extended boot record',
    offset: startLba * sectorSize,
    bytes: sector,
    reason: `partition ${number} holds no partitions`,
  };
}
