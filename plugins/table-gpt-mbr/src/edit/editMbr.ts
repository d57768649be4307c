import type { RebuildOutcome, WriteProposal } from '@diskwright/sdk';
import type { PartitionOperation } from '@diskwright/sdk/protocol';
import { newDiskSignature } from '../gpt/protectiveRecord';
import { addressableSectors } from '../mbr/mbrLayout';
import type { MbrTable } from '../mbr/mbrTable';
import { refuseDamage, unusedEntry } from '../mbr/rebuildChains';
import { isExtendedType } from '../names/mbrTypeNames';
import { masterBootRecord } from '../structures/masterBootRecord';
import { activeFlag } from '../structures/mbrPartitionEntry';
import { type Container, layChain } from './layChain';
import { collectIntents, type Intents, refused } from './intents';
import { keptPartitions, newPartition, type PlannedPartition } from './plannedPartitions';
import { refuseOutside, refuseOverlaps } from './places';

/** A partition in one of the four entries of the boot record. */
type Slotted = PlannedPartition & { slot: number };

/**
 * The boot record and the chains of extended partitions with all operations done, in commit order. A new primary partition gets the lowest free
 * number; a logical one comes behind the last of its chain, so that the others keep theirs. What nothing changes keeps its bytes.
 * @throws RefusedError, InvalidInputError whose `item` is the operation
 */
export function editMbr(table: MbrTable, operations: readonly PartitionOperation[]): Pick<RebuildOutcome, 'writes' | 'warnings'> {
  refuseDamage(table);
  const { sectorSize } = table;
  const intents = collectIntents(operations, new Set(table.partitions.map(({ number }) => number)), sectorSize);
  refuseOrphans(table, intents);
  const kept = keptPartitions(table, intents);
  const created = intents.creates.map((operation) => newPartition(operation, sectorSize));
  const containers = [...kept, ...created].filter(isExtended);
  const logical = created.filter(
    (partition) => !isExtended(partition) && containers.some((container) => startsIn(partition, container)),
  );
  const slotted = assignSlots(
    kept.filter(({ before }) => before?.role !== 'logical'),
    created.filter((partition) => !logical.includes(partition)),
  );
  refuseBadPlaces(table, slotted);
  const members = [...kept.filter(({ before }) => before?.role === 'logical'), ...logical];
  const chains = slotted.filter(isExtended).map((container) => {
    const inside = members.filter((member) => isMember(table, member, container));
    return layChain(table, containerOf(container), inside);
  });
  const warnings = deactivateOthers(slotted, intents);
  return { writes: [...chains.flat(), bootRecord(table, slotted)], warnings };
}

const isExtended = ({ entry }: PlannedPartition): boolean => isExtendedType(entry.type);

function startsIn({ claim }: PlannedPartition, container: PlannedPartition): boolean {
  return claim.startLba >= container.claim.startLba && claim.startLba < container.claim.endLba;
}

/** A logical partition that was there belongs to its chain, wherever it shall lie; a new one to the extended partition that it starts in. */
function isMember(table: MbrTable, member: PlannedPartition, container: PlannedPartition): boolean {
  if (!member.before) return startsIn(member, container);
  return table.records[member.before.record!]!.container.number === container.before?.number;
}

function containerOf({ claim, before, slot }: Slotted): Container {
  return { number: slot + 1, startLba: claim.startLba, endLba: claim.endLba, isNew: before === null, item: claim.item };
}

/** @throws RefusedError when an extended partition would be deleted, but not what is in it */
function refuseOrphans(table: MbrTable, { changes }: Intents): void {
  for (const { number, role, record } of table.partitions) {
    if (role !== 'logical' || changes.get(number)?.delete) continue;
    const container = table.records[record!]!.container.number;
    const deleted = changes.get(container)?.delete;
    if (!deleted) continue;
    throw refused(deleted.item, `the extended partition ${container} holds partition ${number}`, {
      todo: `delete partition ${number} as well, or keep partition ${container}`,
    });
  }
}

/** @throws RefusedError when there are more than four, or a second extended one is new */
function assignSlots(kept: readonly PlannedPartition[], created: readonly PlannedPartition[]): Slotted[] {
  const slotted = kept.map((partition) => ({ ...partition, slot: partition.before!.slot }));
  for (const partition of created) {
    const { item } = partition.claim;
    const other = slotted.find(isExtended);
    if (isExtended(partition) && other)
      throw refused(item, `partition ${other.slot + 1} is an extended one already, and one is all that systems know`);
    const slot = [0, 1, 2, 3].find((candidate) => slotted.every((taken) => taken.slot !== candidate));
    if (slot === undefined)
      throw refused(item, 'all four entries of the boot record are in use', {
        todo: 'create an extended partition in the place of one of them, and logical ones in it; or use a GPT',
      });
    slotted.push({ ...partition, claim: { ...partition.claim, what: `the new partition ${slot + 1}` }, slot });
  }
  return slotted;
}

function refuseBadPlaces({ deviceSize, sectorSize }: MbrTable, slotted: readonly Slotted[]): void {
  const endLba = Math.min(Math.floor(deviceSize / sectorSize), addressableSectors);
  const claims = slotted.map(({ claim }) => claim);
  for (const claim of claims) refuseOutside(claim, { what: 'what partitions may use', startLba: 1, endLba }, sectorSize);
  refuseOverlaps([{ what: 'the boot record', startLba: 0, endLba: 1, item: null }, ...claims], sectorSize);
}

/** The code in a boot record wants one active partition: a partition that becomes active takes it from the others. */
function deactivateOthers(slotted: readonly Slotted[], { creates, changes }: Intents): string[] {
  const wanted = [...creates, ...[...changes.values()].flatMap(({ set }) => set ?? [])].filter(({ bootable }) => bootable);
  if (wanted.length > 1)
    throw refused(wanted[1]!.item, `operation ${wanted[0]!.item + 1} makes another partition the active one`);
  const [activated] = wanted;
  if (!activated) return [];
  const isActivated = ({ claim, before }: Slotted): boolean =>
    'number' in activated ? before?.number === activated.number : claim.item === activated.item && before === null;
  if (!slotted.some(isActivated)) return [];
  return slotted.flatMap((partition) => {
    if (isActivated(partition) || partition.entry.bootIndicator !== activeFlag) return [];
    partition.entry = { ...partition.entry, bootIndicator: 0 };
    return [`partition ${partition.slot + 1} is no longer the active one`];
  });
}

function bootRecord(
  { bootRecord: { sector: before, record }, sectorSize }: MbrTable,
  slotted: readonly Slotted[],
): WriteProposal {
  const partitions = record.partitions.map((entry, slot) => {
    const found = slotted.find((candidate) => candidate.slot === slot);
    // What is no partition now may hold garbage, which stays as it is.
    return found?.entry ?? (entry.sectorCount === 0 ? entry : unusedEntry());
  });
  // Without partitions the signature is what tells the record from nothing.
  const diskSignature = record.diskSignature || newDiskSignature();
  const sector = Buffer.alloc(sectorSize);
  before.copy(sector);
  masterBootRecord.encode({ ...record, diskSignature, partitions }, sector).copy(sector);
  return { structure: 'master boot record', offset: 0, bytes: sector, reason: 'the four partition entries' };
}
