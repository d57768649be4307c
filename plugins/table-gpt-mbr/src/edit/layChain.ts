import type { WriteProposal } from '@diskwright/sdk';
import { encodeChs } from '../mbr/chs';
import type { ExtendedRecord } from '../mbr/extendedChain';
import type { MbrTable } from '../mbr/mbrTable';
import { unusedEntry } from '../mbr/rebuildChains';
import { bootSignature, extendedBootRecord } from '../structures/masterBootRecord';
import { refused } from './intents';
import { type PlacedClaim, refuseOutside, refuseOverlaps } from './places';
import type { PlannedPartition } from './plannedPartitions';

/** The extended partition that holds a chain, as it shall be. */
export interface Container {
  number: number;
  startLba: number;
  endLba: number;
  isNew: boolean;
  /** The operation that puts it there or resizes it. */
  item: number | null;
}

/** A boot record of the new chain; only that of an empty chain has no partition. */
interface Link {
  lba: number;
  member: PlannedPartition | null;
  old: ExtendedRecord | null;
}

/** Bytes that tools leave between an extended boot record and its partition, for alignment. */
const usualDistanceBytes = 1024 * 1024;
const linkType = 0x05;

/**
 * The boot records of one chain, last first, with its partitions in the order of `members`. A chain of which nothing changes is answered as it is;
 * in another, records stay where they are unless their partition moves. @throws RefusedError when there is no place for a record
 */
export function layChain(table: MbrTable, container: Container, members: readonly PlannedPartition[]): WriteProposal[] {
  const { sectorSize } = table;
  const bounds = { ...container, what: `its extended partition ${container.number}` };
  for (const { claim } of members) refuseOutside({ ...claim, item: claim.item ?? container.item }, bounds, sectorSize);
  const records = container.isNew ? [] : table.records.filter((record) => record.container.number === container.number);
  const before = table.partitions.filter(({ record }) => record !== null && records.includes(table.records[record]!));
  if (before.length === members.length && members.every(isUnchanged)) {
    return container.isNew || records.length === 0
      ? [record({ lba: container.startLba, member: null, old: null }, undefined, container, sectorSize)]
      : records.map(({ lba, sector }) => proposal(lba, sector, sectorSize, 'link of the chain')).reverse();
  }
  refuseUnusual(table, records, container, members);
  refuseOverlaps(
    members.map(({ claim }) => claim),
    sectorSize,
  );
  const links = placeRecords(table, container, records, members);
  return links.map((link, index) => record(link, links[index + 1], container, sectorSize)).reverse();
}

function isUnchanged({ before, entry, claim }: PlannedPartition): boolean {
  return (
    before !== null &&
    before.startLba === claim.startLba &&
    before.startLba + before.sectorCount === claim.endLba &&
    before.entry.type === entry.type &&
    before.entry.bootIndicator === entry.bootIndicator
  );
}

/** Every tool makes records with one partition in the first entry and the link in the second; others are left alone. */
function refuseUnusual(
  { partitions, records: all, sectorSize }: MbrTable,
  records: readonly ExtendedRecord[],
  container: Container,
  members: readonly PlannedPartition[],
): void {
  const inRecord = (record: ExtendedRecord): number[] =>
    partitions.flatMap((partition) => (partition.record !== null && all[partition.record] === record ? [partition.slot] : []));
  const odd = records.find((record) => (record.linkSlot ?? 1) !== 1 || inRecord(record).some((slot) => slot !== 0));
  if (!odd) return;
  const item = members.find(({ claim }) => claim.item !== null)?.claim.item ?? null;
  throw refused(
    item,
    `the extended boot record at LBA ${odd.lba} in partition ${container.number} is not laid out as tools do it`,
    {
      offset: odd.lba * sectorSize,
      length: sectorSize,
      todo: 'change partitions outside of the extended one only, or write its chain anew with sfdisk',
    },
  );
}

/** The first record lies at the start of the extended partition, every other before its partition. */
function placeRecords(
  table: MbrTable,
  container: Container,
  records: readonly ExtendedRecord[],
  members: readonly PlannedPartition[],
): Link[] {
  const recordOf = ({ before }: PlannedPartition): ExtendedRecord | null =>
    before === null ? null : table.records[before.record!]!;
  const first = records[0] ?? null;
  // Whatever comes first in the chain, as libfdisk has it: a first record without a partition is a warning to many tools.
  const own = members[0] ?? null;
  const head: Link = { lba: container.startLba, member: own, old: first };
  refuseInFront(head, table.sectorSize);
  const others = members.filter((member) => member !== own);
  const staying = others.filter(({ before, claim }) => before?.startLba === claim.startLba);
  const taken = [head.lba, ...staying.map((member) => recordOf(member)!.lba)];
  refuseCovered(taken, members, table.sectorSize);
  const links = others.map((member): Link => {
    const old = recordOf(member);
    if (staying.includes(member)) return { lba: old!.lba, member, old };
    const usual = old ? member.before!.startLba - old.lba : usualDistanceBytes / table.sectorSize;
    const lba = placeRecord(member.claim, usual, taken, members, table.sectorSize);
    taken.push(lba);
    return { lba, member, old };
  });
  return [head, ...links];
}

function refuseInFront({ lba, member }: Link, sectorSize: number): void {
  if (!member || member.claim.startLba > lba) return;
  throw refused(member.claim.item, `${member.claim.what} would lie over the extended boot record at LBA ${lba}`, {
    offset: lba * sectorSize,
    length: sectorSize,
    todo: `let it start at LBA ${lba + 1} or behind it`,
  });
}

function refuseCovered(lbas: readonly number[], members: readonly PlannedPartition[], sectorSize: number): void {
  for (const lba of lbas) {
    const over = members.find(({ claim }) => claim.startLba <= lba && lba < claim.endLba)?.claim;
    if (!over) continue;
    throw refused(over.item, `${over.what} would lie over the extended boot record at LBA ${lba}`, {
      offset: lba * sectorSize,
      length: sectorSize,
    });
  }
}

/** The place of a record before its partition: at the usual distance, or where the room there begins. */
function placeRecord(
  { what, item, startLba }: PlacedClaim,
  usual: number,
  taken: readonly number[],
  members: readonly PlannedPartition[],
  sectorSize: number,
): number {
  const ends = [...taken.map((lba) => lba + 1), ...members.map(({ claim }) => claim.endLba)];
  const room = Math.max(...ends.filter((end) => end <= startLba));
  if (room < startLba) return Math.max(room, startLba - usual);
  throw refused(
    item,
    `${what} starts at LBA ${startLba}, right behind another; the boot record before a logical partition needs a sector`,
    {
      offset: startLba * sectorSize,
      todo: `let it start at LBA ${startLba + 1} or behind it; ${usualDistanceBytes} bytes are usual`,
    },
  );
}

function record({ lba, member, old }: Link, next: Link | undefined, container: Container, sectorSize: number): WriteProposal {
  const partitions = [unusedEntry(), unusedEntry(), unusedEntry(), unusedEntry()];
  if (member) partitions[0] = { ...member.entry, startLba: member.claim.startLba - lba };
  if (next) {
    const end = next.member ? next.member.claim.endLba : next.lba + 1;
    const place = { startLba: next.lba - container.startLba, sectorCount: end - next.lba };
    const link = old?.entries[old.linkSlot ?? 1];
    const same = link?.startLba === place.startLba && link.sectorCount === place.sectorCount;
    partitions[1] = same
      ? link
      : { ...unusedEntry(), type: linkType, ...place, startChs: encodeChs(next.lba), endChs: encodeChs(end - 1) };
  }
  const sector = Buffer.alloc(sectorSize);
  old?.sector.copy(sector);
  const { bootCode } = extendedBootRecord.read(sector);
  extendedBootRecord.encode({ bootCode, partitions, signature: bootSignature }, sector).copy(sector);
  return proposal(lba, sector, sectorSize, member ? `leads to ${member.claim.what}` : 'link of the chain');
}

function proposal(lba: number, bytes: Buffer, sectorSize: number, reason: string): WriteProposal {
  return { structure: 'extended boot record', offset: lba * sectorSize, bytes, reason };
}
